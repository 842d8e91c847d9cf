import TestSupport
import Testing

@Suite(
    "issue 23.4: options for details of TLS", .timeLimit(.minutes(20)),
    .enabled("there are no openssl and stdbuf commands") { try await TLSServer.isThere() })
struct TLSOptionTests {
    /// The kind of failure of a run; nil for a success.
    private func failure(_ url: String, _ options: [String]) async throws -> String? {
        let result = try await Tool.run(["--jsonl", "--retry", "0"] + options + [url])
        return try Row.only(result).kind
    }

    @Test func `ciphers, curves and the lowest version are what is offered`() async throws {
        try await TLSServer.run(["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"]) { server async throws in
            for (options, kind) in [
                (["--ciphers", "ECDHE-ECDSA-AES256-GCM-SHA384"], nil), (["--tlsv1"], nil), (["-1"], nil),
                (["--tlsv1.1", "--tls-max", "1.2"], nil),
                (["--ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256"], "tls-failed"),
                (["--ciphers", "no-such-cipher"], "tls-failed"),
            ] {
                #expect(try await failure(server.url, ["-k"] + options) == kind, "\(options)")
            }
        }
        try await TLSServer.run(["-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384", "-groups", "P-256"]) {
            server async throws in
            for (options, kind) in [
                (["--tls13-ciphers", "TLS_AES_256_GCM_SHA384", "--curves", "P-256"], nil), (["--no-sessionid"], nil),
                (["--tls13-ciphers", "TLS_AES_128_GCM_SHA256"], "tls-failed"), (["--curves", "P-384"], "tls-failed"),
                // The server staples no status.
                (["--cert-status"], "tls-failed"),
            ] {
                #expect(try await failure(server.url, ["-k"] + options) == kind, "\(options)")
            }
        }
    }

    @Test func `no-alpn offers no protocol`() async throws {
        try await TLSServer.run(["-alpn", "http/1.1"]) { server async throws in
            #expect(try await failure(server.url, ["-k", "--no-alpn"]) == nil)
            #expect(try !server.log().contains("advertised by the client"))
        }
    }

    @Test func `the type of a certificate and of a key is what is said`() async throws {
        try await TLSServer.run(["-Verify", "1", "-verify_return_error", "-CAfile", "client.pem"]) {
            server async throws in
            let scratch = try Scratch()
            let made = try await Tool.shell(
                "openssl x509 -in \"$1\" -outform der -out a.der && openssl pkey -in \"$2\" -outform der -out k.der",
                [server.clientCertificate, server.clientKey], directory: scratch.path)
            try #require(made.exit == 0, "\(made.stderr)")
            let binary = ["-k", "--cert", scratch("a.der"), "--key", scratch("k.der"), "--key-type", "DER"]
            #expect(try await failure(server.url, binary + ["--cert-type", "der"]) == nil)
            #expect(try await failure(server.url, binary + ["--cert-type", "PEM"]) == "tls-failed")
        }
    }

    @Test func `a proxy over TLS has its own certificates`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        try await PythonServer.run(PythonServer.terminator, ["\(server.port)"]) { proxy in
            let route = ["-x", proxy.baseURL]
            for (options, isTrusted) in [
                ([], false), (["-k"], false), (["--proxy-insecure"], true),
                (["--proxy-cacert", proxy.certificate], true),
                (["--cacert", proxy.certificate], false),
                (
                    ["--proxy-insecure", "--proxy-pinnedpubkey", "sha256//" + String(repeating: "A", count: 43) + "="],
                    false
                ),
                (["--proxy-insecure", "--proxy-tlsv1", "--proxy-ciphers", "DEFAULT"], true),
            ] {
                let kind = try await failure("http://origin.test/", route + options)
                #expect(isTrusted ? kind == nil : kind == "tls-failed", "\(options) \(kind ?? "nothing")")
            }
        }
        #expect(server.requestCount == 3)
        #expect(server.log.allSatisfy { $0.target == "http://origin.test/" })
    }
}
