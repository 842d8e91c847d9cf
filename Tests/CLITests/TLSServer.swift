import FoundationEssentials
import Subprocess
import Testing

/// A TLS server made of the `openssl` command, with certificates made for the test.
///
/// It speaks HTTP/1.0 and answers every request with a page about the connection.
struct TLSServer {
    /// Where it listens.
    let port: Int
    private let scratch: Scratch

    /// `https://127.0.0.1:PORT/`
    var url: String { "https://127.0.0.1:\(port)/" }
    /// The server's certificate, which is its own authority.
    var certificate: String { scratch("server.pem") }
    /// A certificate of a client that the server knows.
    var clientCertificate: String { scratch("client.pem") }
    /// The key of that certificate.
    var clientKey: String { scratch("client.key") }

    /// What the server has said so far: connections, the protocols that clients offered.
    func log() throws -> String { try scratch.text("log") }

    /// Whether there is an `openssl` to make it of, and the means to read its log as it grows.
    static func isThere() async throws -> Bool {
        try await Tool.shell("command -v stdbuf >/dev/null && openssl version").stdout.hasPrefix("OpenSSL")
    }

    /// Runs a server while the closure runs.
    static func run(_ options: [String] = [], while body: @Sendable (TLSServer) async throws -> Void) async throws {
        let scratch = try Scratch()
        for name in ["server", "client"] {
            let made = try await Tool.shell(
                """
                exec openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
                -addext subjectAltName=IP:127.0.0.1 -keyout "$1.key" -out "$1.pem"
                """, [name], directory: scratch.path)
            try #require(made.exit == 0, "\(made.stderr)")
        }
        let script = """
            cd "$0" && exec stdbuf -oL openssl s_server -accept 127.0.0.1:0 -cert server.pem -key server.key -www "$@" >log 2>&1
            """
        // Not through Tool: a server must not take one of the slots that its own client waits for.
        _ = try await Subprocess.run(
            .name("sh"), arguments: Arguments(["-c", script, scratch.path] + options),
            environment: .custom(["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": scratch.path]),
            input: .none, output: .discarded, error: .discarded
        ) { execution in
            do {
                try await body(TLSServer(port: port(from: scratch), scratch: scratch))
            } catch {
                try? execution.send(signal: .kill)
                throw error
            }
            try execution.send(signal: .kill)
        }
    }

    /// Waits until the server says where it listens: `ACCEPT 127.0.0.1:4711`.
    private static func port(from scratch: Scratch) async throws -> Int {
        let deadline = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < deadline {
            let line = (try? scratch.text("log"))?.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }
            if let port = line?.split(separator: ":").last.flatMap({ Int($0) }) { return port }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw NoPort(log: try scratch.text("log"))
    }

    private struct NoPort: Error {
        let log: String
    }
}
