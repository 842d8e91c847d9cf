import TestSupport
import Testing

@Suite(
    "TLS is verified unless the user says otherwise", .timeLimit(.minutes(20)),
    .enabled("there are no openssl and stdbuf commands") { try await TLSServer.isThere() })
struct TLSTests {
    @Test func `row 46: a certificate that nobody vouches for is tls-failed`() async throws {
        try await TLSServer.run { server in
            let result = try await Tool.run(["--jsonl", "--retry", "0", server.url])
            #expect(result.exit == 1)
            let row = try Row.only(result)
            #expect(row.kind == "tls-failed")
            #expect(row.error?.exitcode == 60)
            #expect(row.responseCode == nil)
        }
    }

    @Test(arguments: ["-k", "--insecure"])
    func `insecure takes any certificate`(option: String) async throws {
        try await TLSServer.run { server in
            let result = try await Tool.run(["--jsonl", "--body", "--retry", "0", option, server.url])
            #expect(result.exit == 0, "\(result.stdout)")
            #expect(try Row.only(result).body?.contains("Secure Renegotiation") == true)
        }
    }

    @Test func `row 46: cacert names whom to trust, for the right host only`() async throws {
        try await TLSServer.run { server in
            let good = try await Tool.run(["--jsonl", "--retry", "0", "--cacert", server.certificate, server.url])
            #expect(good.exit == 0, "\(good.stdout)")
            let other = try await Tool.run([
                "--jsonl", "--retry", "0", "--cacert", server.certificate, "--resolve",
                "other.invalid:\(server.port):127.0.0.1", "https://other.invalid:\(server.port)/",
            ])
            #expect(try Row.only(other).kind == "tls-failed")
        }
    }

    @Test func `a client shows the certificate it was given`() async throws {
        let options = ["-Verify", "1", "-verify_return_error", "-CAfile", "client.pem"]
        try await TLSServer.run(options) { server in
            let trust = ["--jsonl", "--retry", "0", "--cacert", server.certificate]
            let without = try await Tool.run(trust + [server.url])
            #expect(without.exit == 1)
            let with = try await Tool.run(
                trust + ["--cert", server.clientCertificate, "--key", server.clientKey, server.url])
            #expect(with.exit == 0, "\(with.stdout)")
        }
    }

    @Test func `HTTP/2 is offered unless http1.1 is asked for`() async throws {
        for (options, offer) in [
            ([], "h2, http/1.1"), (["--http2"], "h2, http/1.1"), (["--http1.1"], "http/1.1"),
            (["--limit-rate", "1M"], "http/1.1"),
        ] {
            try await TLSServer.run(["-alpn", "http/1.1"]) { server in
                let result = try await Tool.run(["--jsonl", "--retry", "0", "-k"] + options + [server.url])
                #expect(result.exit == 0, "\(result.stdout)")
                let lines = try server.log().split(separator: "\n").filter { $0.contains("advertised by the client") }
                #expect(lines.last == "ALPN protocols advertised by the client: \(offer)")
            }
        }
    }
}
