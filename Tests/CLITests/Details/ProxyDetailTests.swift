import TestSupport
import Testing

@Suite("issue 23.4: kinds of proxies, tunnels and sockets", .timeLimit(.minutes(20)))
struct ProxyDetailTests {
    /// Accepts connections, reads what its kind of proxy reads first, passes the rest on to the port `sys.argv[2]`, and runs
    /// the command of the other arguments. It prints the exit code and what it read, in order and without repetitions.
    private static let proxy = #"""
        import os, socket, subprocess, sys, threading
        mode, target = sys.argv[1], int(sys.argv[2])
        seen = []

        def exactly(client, count):
            data = b""
            while len(data) < count:
                piece = client.recv(count - len(data))
                if not piece: raise OSError
                data += piece
            return data

        def until(client, end):
            data = b""
            while not data.endswith(end): data += exactly(client, 1)
            return data

        def name(client):
            return exactly(client, exactly(client, 1)[0]).decode()

        def greet(client):
            if mode == "socks5":
                exactly(client, 1)
                methods = exactly(client, exactly(client, 1)[0])
                client.sendall(b"\5\2" if 2 in methods else b"\5\0")
                if 2 in methods:
                    exactly(client, 1)
                    seen.append("user " + name(client) + ":" + name(client))
                    client.sendall(b"\1\0")
                kind = exactly(client, 4)[3]
                host = name(client) if kind == 3 else socket.inet_ntoa(exactly(client, 4))
                exactly(client, 2)
                seen.append(f"socks5 {host}")
                client.sendall(b"\5\0\0\1" + bytes(6))
            elif mode == "socks4":
                head = exactly(client, 8)
                until(client, b"\0")
                isName = head[4:7] == b"\0\0\0"
                seen.append("socks4 " + (until(client, b"\0")[:-1].decode() if isName else socket.inet_ntoa(head[4:8])))
                client.sendall(b"\0\x5a" + bytes(6))
            elif mode in ("connect", "digest"):
                head = until(client, b"\r\n\r\n").decode().split("\r\n")
                seen.append(head[0])
                fields = [line for line in head if line.lower().startswith("proxy-authorization:")]
                if mode == "digest" and not fields:
                    client.sendall(b'HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\nContent-Length: 0\r\n\r\n')
                    return greet(client)
                if fields: seen.append(" ".join(fields[0].split(" ")[1:3]))
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            elif mode == "line":
                seen.append(" ".join(until(client, b"\r\n").decode().split(" ")[:4]))
            elif mode == "abstract":
                seen.append("connected")
            elif mode == "port":
                port = client.getpeername()[1]
                seen.append("in range" if 30000 <= port <= 30999 else f"port {port}")

        def pump(source, sink):
            try:
                while data := source.recv(65536): sink.sendall(data)
            except OSError: pass
            for end in (source, sink):
                try: end.shutdown(socket.SHUT_RDWR)
                except OSError: pass

        def serve(client):
            try:
                greet(client)
                server = socket.create_connection(("127.0.0.1", target))
            except OSError as error:
                seen.append(f"failed {error}")
                return client.close()
            threading.Thread(target=pump, args=(client, server), daemon=True).start()
            pump(server, client)

        if mode == "abstract":
            port = f"fetchall-{os.getpid()}"
            listener = socket.socket(socket.AF_UNIX)
            listener.bind("\0" + port)
            listener.listen(64)
        else:
            listener = socket.create_server(("127.0.0.1", 0), backlog=64)
            port = listener.getsockname()[1]

        def accept():
            while True: threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        command = [word.replace("PROXY", str(port)) for word in sys.argv[3:]]
        code = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
        print("|".join([str(code)] + list(dict.fromkeys(seen))))
        """#

    /// Runs the command with a proxy in front of the server; `PROXY` in an argument is the proxy's port.
    private func seen(_ mode: String, _ port: Int, _ arguments: [String]) async throws -> String {
        let scratch = try Scratch()
        let script = try scratch.write("proxy.py", Self.proxy)
        let result = try await Tool.shell(
            "exec python3 \"$@\"", [script, mode, "\(port)", Tool.binary] + arguments + ["--jsonl", "--retry", "0"],
            directory: scratch.path)
        #expect(result.stderr == "", "\(result.stderr)")
        return String(result.stdout.filter { !$0.isNewline })
    }

    @Test(arguments: [
        (["--socks4", "127.0.0.1:PROXY"], "socks4", "127.0.0.1", "socks4 127.0.0.1"),
        (["--socks4a", "127.0.0.1:PROXY"], "socks4", "name.invalid", "socks4 name.invalid"),
        (["--socks5", "127.0.0.1:PROXY"], "socks5", "127.0.0.1", "socks5 127.0.0.1"),
        (["--socks5-hostname", "127.0.0.1:PROXY"], "socks5", "name.invalid", "socks5 name.invalid"),
        (
            ["--socks5-hostname", "127.0.0.1:PROXY", "--socks5-basic", "-U", "me:s3cr3t"], "socks5", "name.invalid",
            "user me:s3cr3t|socks5 name.invalid"
        ),
        (
            ["--proxytunnel", "-x", "http://127.0.0.1:PROXY"], "connect", "name.invalid",
            "CONNECT name.invalid:N HTTP/1.1"
        ),
        (["-p", "--proxy1.0", "127.0.0.1:PROXY"], "connect", "name.invalid", "CONNECT name.invalid:N HTTP/1.0"),
        (
            ["-p", "-x", "http://127.0.0.1:PROXY", "-U", "me:s3cr3t", "--proxy-basic"], "connect", "name.invalid",
            "CONNECT name.invalid:N HTTP/1.1|Basic bWU6czNjcjN0"
        ),
        (
            ["-p", "-x", "http://127.0.0.1:PROXY", "-U", "me:s3cr3t", "--proxy-digest"], "digest", "name.invalid",
            "CONNECT name.invalid:N HTTP/1.1|Digest username=\"me\","
        ),
    ])
    func `each kind of proxy is asked in its way, and the server gets a plain request`(
        options: [String], mode: String, host: String, seen: String
    ) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await self.seen(mode, server.port, options + ["http://\(host):\(server.port)/a"])
        #expect(result == "0|" + seen.replacing("N ", with: "\(server.port) "), "\(result)")
        #expect(server.log.map(\.target) == ["/a"])
        #expect(server.log.map(\.host) == ["\(host):\(server.port)"])
    }

    @Test func `preproxy stands before the proxy of -x`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let options = ["--preproxy", "socks5://127.0.0.1:PROXY", "-x", server.baseURL, "http://origin.test/b"]
        #expect(try await seen("socks5", server.port, options) == "0|socks5 127.0.0.1")
        #expect(server.log.map(\.target) == ["http://origin.test/b"])
    }

    @Test func `haproxy-protocol begins a connection with a line about it`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await seen("line", server.port, ["--haproxy-protocol", "http://127.0.0.1:PROXY/"])
        #expect(result == "0|PROXY TCP4 127.0.0.1 127.0.0.1" && server.requestCount == 1)
    }

    @Test func `local-port is where connections come from`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await seen("port", server.port, ["--local-port", "30000-30999", "http://127.0.0.1:PROXY/"])
        #expect(result == "0|in range" && server.requestCount == 1)
    }

    #if os(Linux)
    @Test func `an abstract Unix socket is connected to, whatever the host is`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        for command in [[], ["crawl", "--no-robots"]] {
            let options = command + ["--abstract-unix-socket", "PROXY", "http://name.invalid/a"]
            #expect(try await seen("abstract", server.port, options) == "0|connected", "\(command)")
        }
        #expect(server.log.map(\.host) == ["name.invalid", "name.invalid"])
    }
    #endif

    @Test func `secrets of proxies are not in the curl command`() async throws {
        let result = try await Tool.run([
            "--curl", "--preproxy", "socks5://me:s3cr3t@a:1", "-x", "http://b:1", "--proxy-pass", "s3cr3t",
            "--tlsuser", "u", "--tlspassword", "s3cr3t", "--proxy-tlsuser", "u", "--proxy-tlspassword", "s3cr3t",
            "--local-port", "30000-30999", "http://127.0.0.1:1/",
        ])
        #expect(result.exit == 0 && !(result.stdout + result.stderr).contains("s3cr3t"), "\(result.stdout)")
        #expect(result.stdout.contains("--local-port 30000-30999") && result.stdout.contains("FETCHALL_PROXY_PASS"))
    }
}
