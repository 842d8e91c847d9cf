import FoundationEssentials
import TestSupport
import Testing

@Suite(
    "issue 24.3: the client certificate of a host is shown to it and to no other", .timeLimit(.minutes(20)),
    .enabled("there are no openssl and stdbuf commands") { try await TLSServer.isThere() })
struct ConfigHostCertificateTests {
    /// A certificate and its key in one file of a folder.
    private static func joined(_ server: TLSServer, in folder: ConfigFolder) throws -> String {
        let texts = try [server.clientCertificate, server.clientKey].map {
            try String(contentsOfFile: $0, encoding: .utf8)
        }
        return try folder.scratch.write("both.pem", texts.joined())
    }

    private static func writeFile(_ folder: ConfigFolder, _ text: String) throws {
        try folder.scratch.write("xdg/fetchall/config.toml", text)
        try ConfigFolder.setMode(folder.file, 0o600)
    }

    /// Whether the server saw a certificate, for each response that is its page.
    private static func shown(_ result: ToolResult) throws -> [Bool] {
        try Row.lines(result).map { try #require($0.body) }.map { !$0.contains("no client certificate available") }
    }

    @Test(arguments: ["PEM", "P12"])
    func `one host of two gets it, in turns on one handle and behind redirects`(type: String) async throws {
        // Both ask for a certificate, and need none.
        try await TLSServer.run(["-verify", "1"]) { own in
            try await TLSServer.run(["-verify", "1"]) { other in
                let way = try LoopbackServer { request in .redirect(to: request.path == "/own" ? own.url : other.url) }
                defer { way.stop() }
                let folder = try ConfigFolder()
                var file = try Self.joined(own, in: folder)
                if type == "P12" {
                    let packed = try await Tool.shell(
                        "exec openssl pkcs12 -export -passout pass: -in both.pem -out both.p12",
                        directory: folder.scratch.path)
                    try #require(packed.exit == 0, "\(packed.stderr)")
                    file = folder.scratch("both.p12")
                }
                try Self.writeFile(folder, "[hosts.\"https://127.0.0.1:\(own.port)\"]\ncert = \"\(file)\"\n")
                let arguments = ["--jsonl", "--keep-order", "--body", "--retry", "0", "-k", "--max", "1"]
                let urls = [other.url, own.url, other.url, "\(way.baseURL)/own", "\(way.baseURL)/other", own.url]
                let result = try await folder.run(arguments + urls)
                #expect(result.exit == 0, "\(result.stdout)\(result.stderr)")
                #expect(try Self.shown(result) == [false, true, false, true, false, true])
                let without = try await folder.run(arguments + ["--no-config", own.url])
                #expect(try Self.shown(without) == [false])
                let curl = try await folder.run(["--curl", "-k", own.url, other.url])
                #expect(curl.lines.map { $0.contains(file) } == [true, false], "\(curl.stdout)")
                // curl would show it to wherever a redirect leads.
                #expect(curl.lines.first?.contains(" -L ") == false && curl.lines.last?.contains(" -L ") == true)
            }
        }
    }

    @Test func `the run's certificate is shown to the others, and the command line's to all`() async throws {
        try await TLSServer.run(["-verify", "1"]) { own in
            try await TLSServer.run(["-verify", "1"]) { other in
                let folder = try ConfigFolder()
                let file = try Self.joined(own, in: folder)
                let run = "cert = \"\(other.clientCertificate)\"\nkey = \"\(other.clientKey)\"\n"
                try Self.writeFile(folder, run + "[hosts.\"https://127.0.0.1:\(own.port)\"]\ncert = \"\(file)\"\n")
                let arguments = ["--jsonl", "--keep-order", "--body", "--retry", "0", "-k", "--max", "1"]
                let result = try await folder.run(arguments + [other.url, own.url, other.url, own.url])
                #expect(result.exit == 0, "\(result.stdout)\(result.stderr)")
                let bodies = try Row.lines(result).map { try #require($0.body) }
                let ownKey = try Self.publicText(of: own.clientCertificate)
                let runKey = try Self.publicText(of: other.clientCertificate)
                #expect(bodies.map { Self.plain($0).contains(ownKey) } == [false, true, false, true])
                #expect(bodies.map { Self.plain($0).contains(runKey) } == [true, false, true, false])
                let given = try await folder.run(
                    arguments + ["-E", other.clientCertificate, "--key", other.clientKey, own.url])
                let body = try #require(try Row.only(given).body)
                #expect(Self.plain(body).contains(runKey), "\(given.stdout)")
            }
        }
    }

    @Test func `a file without a key, or with an encrypted one, is a mistake before anything is sent`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        for (text, word) in [
            ("-----BEGIN CERTIFICATE-----\n", "no private key"), ("text", "neither PEM nor PKCS #12"),
            ("", "neither PEM"),
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "encrypted"),
            ("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n", "encrypted"),
        ] {
            let folder = try ConfigFolder()
            let file = try folder.scratch.write("c.pem", text)
            try Self.writeFile(folder, "[hosts.\"own.test\"]\ncert = \"\(file)\"\n")
            for arguments in [["\(server.baseURL)/"], ["config", "check", folder.file]] {
                let result = try await folder.run(arguments)
                #expect(result.isMistake(["config.toml:2: cert: ", word]), "\(arguments): \(result.stderr)")
            }
            #expect(try await folder.run(["-E", "/dev/null", "\(server.baseURL)/"]).exit == 0)
            #expect(try await folder.run(["config", "show"]).exit == 0)
        }
        #expect(server.requestCount == 5)
    }

    /// The Base64 of a certificate, without line breaks.
    private static func publicText(of file: String) throws -> String {
        let text = plain(try String(contentsOfFile: file, encoding: .utf8))
        return text.replacing("-----BEGINCERTIFICATE-----", with: "").replacing("-----ENDCERTIFICATE-----", with: "")
    }

    private static func plain(_ text: String) -> String { text.filter { !$0.isWhitespace } }
}
