@testable import FetchCore
import Testing

/// Lines for `--failed-to`: input again, without secrets.
@Suite struct FailedLineTests {
    private func line(_ input: Input) -> (text: String, leftOut: Bool) {
        var writer = FailedLine()
        var out: [UInt8] = []
        writer.append(input, to: &out)
        return (String(decoding: out, as: UTF8.self), writer.leftOutSecrets)
    }

    private func read(_ text: String, index: Int = 0, defaults: RequestDefaults = RequestDefaults()) -> [Input] {
        var splitter = LineSplitter()
        var inputs: [Input] = []
        let reader = ListLine(defaults: defaults)
        splitter.feed(Array(text.utf8)[...]) { line in
            if let input = reader.input(line, index: index, place: "l") { inputs.append(input) }
        }
        splitter.finish { _ in Issue.record("a line without its break") }
        return inputs
    }

    @Test func writesAURLAsTheUserWroteIt() {
        #expect(line(Samples.input("HTTP://A.test:80/../ü")).text == "HTTP://A.test:80/../ü\n")
        #expect(line(Samples.input("http://a/", id: "x y")).text == "x y\thttp://a/\n")
        #expect(line(Samples.input("http://a/")).leftOut == false)
    }

    @Test func leavesOutCredentials() {
        let secret = line(Samples.input("http://user:hunter2@a.test/x", id: "1"))
        #expect(secret.text == "1\thttp://a.test/x\n")
        #expect(secret.leftOut)
        let broken = line(Samples.input("http://user:hunter2@a b/"))
        #expect(!broken.text.contains("hunter2"))
        #expect(broken.leftOut)
    }

    @Test func leavesOutFieldsThatMayHoldASecret() throws {
        let text = """
            {"url":"http://u:hunter2@a/","headers":{"Authorization":"hunter2","X-Api-Key":"hunter2","Cookie":"hunter2","X-A":["1","2"]}}

            """
        let written = line(try #require(read(text).first))
        #expect(!written.text.contains("hunter2"))
        #expect(written.leftOut)
        let again = try #require(read(written.text).first).request.get()
        #expect(again.url.href == "http://a/")
        #expect(again.headers.fields.map(\.name) == ["X-A", "X-A"])
        #expect(again.headers.values(of: "X-A") == ["1", "2"])
    }

    @Test func remembersOverManyLinesThatItLeftSomethingOut() {
        var writer = FailedLine()
        var out: [UInt8] = []
        writer.append(Samples.input("http://u:p@a/"), to: &out)
        writer.append(Samples.input("http://a/"), to: &out)
        #expect(writer.leftOutSecrets)
        #expect(String(decoding: out, as: UTF8.self) == "http://a/\nhttp://a/\n")
    }

    @Test func writesOneLineWhateverTheTextIs() {
        let input = Input(index: 0, text: "bad\r\nhttp://evil/", request: .failure(FetchError(.invalidURL, "x")))
        #expect(line(input).text == "badhttp://evil/\n")
    }

    /// Whatever a list holds: what is written reads as the same request, and writes the same line again.
    @Test(arguments: 0..<20) func isInputAgain(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "a", "Z", "0", "ü", "\u{1F600}", "%20", "\"", "\\\\", "'", "#", "?", "&", "=", "{", "}", "[", ",", ":", ";",
            "日",
        ]
        func word(_ length: Int) -> String {
            (0..<Int.random(in: 1...length, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "a" }
                .joined()
        }
        func quoted(_ text: String) -> String {
            var out: [UInt8] = []
            JSONValue.string(text).append(to: &out)
            return String(decoding: out, as: UTF8.self)
        }
        var parsed = 0
        for _ in 0..<200 {
            var text = "http://a.test/\(word(8))"
            switch Int.random(in: 0..<4, using: &random) {
            case 0: break
            case 1: text = "id\(word(5))\t\(text)"
            default:
                var members = ["\"url\":\(quoted(text))"]
                if Bool.random(using: &random) { members.append("\"id\":\(quoted(word(6)))") }
                if Bool.random(using: &random) { members.append("\"method\":\"PATCH\"") }
                if Bool.random(using: &random) { members.append("\"body\":\(quoted(word(30) + "\n\t\u{1}"))") }
                if Bool.random(using: &random) { members.append("\"body\":{\"n\":1.50,\"s\":\(quoted(word(9)))}") }
                if Bool.random(using: &random) {
                    members.append("\"headers\":{\"X-A\":[\(quoted(word(5))),\"\"],\"x-b\":\(quoted(word(5)))}")
                }
                text = "{\(members.shuffled(using: &random).joined(separator: ","))}"
            }
            let inputs = read(text + "\n")
            #expect(inputs.count == 1, "\(text)")
            guard let input = inputs.first, case .success(let request) = input.request else { continue }
            parsed += 1
            let written = line(input)
            #expect(written.leftOut == false)
            let again = try #require(read(written.text).first, "\(written.text)")
            #expect(again.id == input.id, "\(written.text)")
            let second = try again.request.get()
            #expect(second.url == request.url)
            #expect(second.method == request.method)
            #expect(second.body == request.body)
            #expect(Self.grouped(second.headers) == Self.grouped(request.headers))
            #expect(line(again).text == written.text)
        }
        #expect(parsed > 100)
    }

    /// The values of each field, in order.
    private static func grouped(_ headers: HeaderFields) -> [String: [String]] {
        var result: [String: [String]] = [:]
        for field in headers.fields { result[field.name.lowercased(), default: []].append(field.value) }
        return result
    }
}
