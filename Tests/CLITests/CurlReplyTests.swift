import FoundationEssentials
import TestSupport
import Testing

/// A reply that curl's own tests send, and what the newest curl makes of it.
struct CurlReply: Decodable, Sendable, CustomTestStringConvertible {
    struct Measured: Decodable, Sendable {
        let plainExit: Int
        let http: String
        let bodyBytes: Int
    }

    let test: Int
    let name: String
    let url: String
    let curlOptions: [String]
    let curlErrorcode: Int
    let parts: [String: String]

    private enum CodingKeys: String, CodingKey {
        case test, name, url, parts
        case curlOptions = "curl_options"
        case curlErrorcode = "curl_errorcode"
    }

    var testDescription: String { "\(test): \(name)" }

    /// All of them; none where the vectors are absent.
    static let all: [CurlReply] = (try? TestData.rows("http/curl_replies.jsonl")) ?? []

    /// The bytes of a part, with the port of the server in it.
    func bytes(_ part: Int, port: Int) -> [UInt8]? {
        guard let text = parts[part == 0 ? "" : "\(part)"], let data = Data(base64Encoded: text) else { return nil }
        return Array(data).replacing(Array("@PORT@".utf8), with: Array("\(port)".utf8))
    }

    /// Which part a request asks for: the test's number stands for the first, four digits more for another.
    func part(of target: String) -> Int? {
        target.split { !$0.isNumber }.compactMap { Int($0) }.lazy.compactMap { number -> Int? in
            if number == test { return 0 }
            return number / 10_000 == test ? number % 10_000 : nil
        }.first
    }

    /// The options of ours that ask for what the test asks curl for.
    var arguments: [String] {
        var arguments = ["-m", "4s", "--retry-delay", "10ms"]
        let fails = !curlOptions.allSatisfy { !["-f", "--fail", "--fail-with-body"].contains($0) }
        if !fails { arguments += ["--accept", "100..999"] }
        if !curlOptions.contains("-L") { arguments.append("--no-location") }
        if !curlOptions.contains("--compressed") { arguments.append("--no-compressed") }
        if !curlOptions.contains("--retry") { arguments += ["--retry", "0"] }
        for (option, value) in zip(curlOptions, curlOptions.dropFirst())
        where ["--retry", "--max-filesize", "--max-redirs"].contains(option) { arguments += [option, value] }
        return arguments
    }

    /// The kinds that stand for curl's code.
    var kinds: Set<String?> {
        switch curlErrorcode {
        case 0: [nil]
        case 1, 8: ["protocol-error"]
        case 18: ["truncated"]
        case 22: ["http-status"]
        // Written as "cannot write": what curl says of bytes behind the compressed body.
        case 23, 61: ["undecodable"]
        case 47: ["too-many-redirects"]
        case 52: ["empty-reply"]
        case 56: ["protocol-error", "connection-reset"]
        case 63, 100: ["too-large"]
        default: []
        }
    }
}

@Suite(
    "curl's own replies get curl's verdict", .timeLimit(.minutes(20)),
    .enabled(if: TestData.isPresent, "no ../shared/data"))
struct CurlReplyTests {
    @Test func `there are 102 of them`() { #expect(CurlReply.all.count == 102) }

    @Test(arguments: CurlReply.all) func verdict(reply: CurlReply) async throws {
        let bounced = Shared(0)
        let port = Shared(0)
        let server = try LoopbackServer { request in
            guard let part = reply.part(of: request.target),
                let bytes = reply.bytes(part + bounced.value, port: port.value)
            else { return .status(404) }
            let text = String(decoding: bytes, as: UTF8.self)
            if text.contains("swsbounce") { bounced.update { $0 += 1 } }
            let closes =
                bytes.isEmpty || text.contains("swsclose") || text.hasPrefix("HTTP/1.0")
                || text.contains("Connection: close")
            return .raw(bytes, then: closes ? .close : .keep)
        }
        defer { server.stop() }
        port.update { $0 = server.port }
        let url = server.baseURL + reply.url
        let rows = try Row.array(await Tool.run(["--json", "--max", "1"] + reply.arguments + [url]))
        let row = try #require(rows.last)
        #expect(reply.kinds.contains(row.kind), "\(reply.curlErrorcode): \(row)")
    }
}
