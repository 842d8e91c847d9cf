import TestSupport
import Testing

@Suite("issue 24.2: -u without a password asks for it on the terminal", .timeLimit(.minutes(20)))
struct PasswordPromptTests {
    /// Runs a command with a terminal that is none of its streams; then types a password, or sends a signal.
    private static let script = #"""
        import fcntl, os, pty, select, signal, sys, termios, time
        master, slave = pty.openpty()
        def echo(): return bool(termios.tcgetattr(slave)[3] & termios.ECHO)
        pid = os.fork()
        if pid == 0:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            null = os.open("/dev/null", os.O_RDWR)
            for fd in (0, 1, 2): os.dup2(null, fd)
            os.execv(sys.argv[2], sys.argv[2:])
        text = b""
        while b"': " not in text:
            if not select.select([master], [], [], 90)[0]: sys.exit("no prompt")
            text += os.read(master, 4096)
        print(text.decode().strip(), echo())
        if sys.argv[1] == "stop":
            for number in (signal.SIGTSTP, signal.SIGSTOP):
                os.kill(pid, number)
                os.waitpid(pid, os.WUNTRACED)
                # As the shell does.
                modes = termios.tcgetattr(slave)
                print(number.name, bool(modes[3] & termios.ECHO))
                modes[3] |= termios.ECHO
                termios.tcsetattr(slave, termios.TCSANOW, modes)
                os.kill(pid, signal.SIGCONT)
                for _ in range(1000):
                    if not echo(): break
                    time.sleep(0.01)
            print(echo())
        if sys.argv[1] in ("type", "stop"): os.write(master, b"s3cr3t pass\n")
        else: os.kill(pid, getattr(signal, sys.argv[1]))
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        while select.select([master], [], [], 0)[0]: text += os.read(master, 4096)
        print(code, echo(), b"s3cr3t" in text)
        """#

    private func run(_ action: String, _ arguments: [String]) async throws -> ToolResult {
        let scratch = try Scratch()
        let file = try scratch.write("terminal.py", Self.script)
        return try await Tool.shell("exec python3 \"$@\"", [file, action, Tool.binary] + arguments)
    }

    @Test func `what is typed is sent and not shown, and standard input is left alone`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await run("type", ["-u", "me", "--jsonl", "\(server.baseURL)/"])
        #expect(result.stdout == "Password for user 'me': False\n0 True False\n", "\(result.stdout)\(result.stderr)")
        // me:s3cr3t pass
        #expect(server.log.map { $0.values("authorization") } == [["Basic bWU6czNjcjN0IHBhc3M="]])
    }

    @Test func `while it is stopped the terminal shows what is typed, and not when it continues`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await run("stop", ["-u", "me", "--jsonl", "\(server.baseURL)/"])
        #expect(
            result.stdout
                == "Password for user 'me': False\nSIGTSTP True\nSIGSTOP False\nFalse\n0 True False\n",
            "\(result.stdout)\(result.stderr)")
        // me:s3cr3t pass
        #expect(server.log.map { $0.values("authorization") } == [["Basic bWU6czNjcjN0IHBhc3M="]])
    }

    @Test(arguments: [
        ("SIGINT", 130), ("SIGTERM", 143), ("SIGUSR1", -10), ("SIGUSR2", -12), ("SIGVTALRM", -26), ("SIGXCPU", -24),
    ])
    func `a signal ends it, and the terminal shows again what is typed`(signal: String, code: Int) async throws {
        let result = try await run(signal, ["-u", "me", "http://127.0.0.1:1/"])
        #expect(
            result.stdout == "Password for user 'me': False\n\(code) True False\n", "\(result.stdout)\(result.stderr)")
    }

    @Test(arguments: [["URL"], ["crawl", "URL"], ["gather", "a=URL"], ["map", "--url-template", "URL{id}", "1"]])
    func `without a terminal it is exit 2, and nothing is sent`(arguments: [String]) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let arguments = arguments.map { $0.replacing("URL", with: server.baseURL + "/") } + ["-u", "me"]
        let result = try await Tool.shell("exec setsid -w \"$0\" \"$@\"", arguments)
        #expect(result.exit == 2 && result.complaints.count == 1, "\(result.stderr)")
        #expect(result.stderr.contains("-u") && result.stderr.contains("USER:PASSWORD"))
        #expect(server.requestCount == 0)
    }

    @Test func `nobody is asked where nothing is sent, nor for an empty password or beside a header`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let url = "\(server.baseURL)/"
        for options in [
            ["-u", "me", "--dry-run"], ["-u", "me", "--curl"], ["-u", "me:"], ["-u", "me", "-H", "Authorization: x"],
        ] {
            let result = try await Tool.shell("exec setsid -w \"$0\" \"$@\"", options + [url])
            #expect(result.exit == 0, "\(options) \(result.stderr)")
        }
        // me:
        #expect(server.log.map { $0.values("authorization") } == [["Basic bWU6"], ["x"]])
    }

    // MARK: Keys

    /// The key of the client that a TLS server knows, encrypted with `s3cr3t pass`.
    private static func encryptedKey(of server: TLSServer, _ scratch: Scratch) async throws -> String {
        let file = scratch("encrypted.key")
        let made = try await Tool.shell(
            "openssl pkey -in \"$1\" -aes128 -passout 'pass:s3cr3t pass' -out \"$2\"", [server.clientKey, file])
        try #require(made.exit == 0, "\(made.stderr)")
        return file
    }

    @Test(.enabled("no openssl") { try await TLSServer.isThere() })
    func `the password of an encrypted key is asked for once`() async throws {
        let options = ["-Verify", "1", "-verify_return_error", "-CAfile", "client.pem"]
        try await TLSServer.run(options) { server async throws in
            let scratch = try Scratch()
            let key = try await Self.encryptedKey(of: server, scratch)
            let result = try await run(
                "type",
                ["-k", "--cert", server.clientCertificate, "--key", key, "--max", "1", server.url, server.url + "2"])
            #expect(
                result.stdout == "Password for the key of '\(key)': False\n0 True False\n",
                "\(result.stdout)\(result.stderr)")
        }
    }

    @Test(.enabled("no openssl") { try await TLSServer.isThere() })
    func `without a terminal an encrypted key is exit 2, unless its password is given`() async throws {
        let options = ["-Verify", "1", "-verify_return_error", "-CAfile", "client.pem"]
        try await TLSServer.run(options) { server async throws in
            let scratch = try Scratch()
            let key = try await Self.encryptedKey(of: server, scratch)
            let arguments = ["-k", "--cert", server.clientCertificate, "--key", key, server.url]
            let without = try await Tool.shell("exec setsid -w \"$0\" \"$@\"", arguments)
            #expect(without.exit == 2 && without.complaints.count == 1, "\(without.stderr)")
            #expect(without.stderr.contains("is encrypted") && without.stderr.contains("--pass"))
            let with = try await Tool.run(["--pass", "s3cr3t pass"] + arguments)
            #expect(with.exit == 0, "\(with.stderr)")
        }
    }
}
