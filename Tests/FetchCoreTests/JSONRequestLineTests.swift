@testable import FetchCore
import Testing

/// A request as a JSON object on a line.
@Suite struct JSONRequestLineTests {
    private func read(_ text: String, _ defaults: RequestDefaults = RequestDefaults()) -> Input? {
        let line = LineSplitter.Line(bytes: Array(text.utf8)[...], isCut: false)
        return ListLine(defaults: defaults).input(line, index: 3, place: "l:1")
    }

    private func request(_ text: String, _ defaults: RequestDefaults = RequestDefaults()) -> Request? {
        try? read(text, defaults)?.request.get()
    }

    private func message(_ text: String) -> String? { read(text)?.request.failure?.message }

    private func body(_ json: String) -> String? {
        request("{\"url\":\"http://a/\",\"body\":\(json)}")?.body.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func readsAllMembers() {
        let line = """
            {"id":"x","url":"http://a/?q","method":"put","headers":{"X-A":"1","X-B":["2","3"]},"body":"text"}
            """
        let input = read(line)
        #expect(input?.id == "x")
        #expect(input?.index == 3)
        #expect(input?.text == "http://a/?q")
        #expect(input?.isJSONLine == true)
        let request = request(line)
        #expect(request?.method == "PUT")
        #expect(request?.headers.values(of: "x-b") == ["2", "3"])
        #expect(request?.headers.contains("content-type") == false)
        #expect(request?.body == Array("text".utf8))
    }

    @Test func needsNoMoreThanAURL() {
        #expect(request("{\"url\":\"http://a/\"}") == Request(Samples.url("http://a/")))
        #expect(
            request("  { \"url\" : \"http://a/\" , \"id\":null,\"method\":null,\"headers\":null,\"body\":null } \r")
                != nil)
        #expect(message("{}")?.contains("needs a \"url\"") == true)
        #expect(read("{\"id\":12345678901234567890.10,\"url\":\"http://a/\"}")?.id == "12345678901234567890.10")
    }

    @Test func keepsEveryDigitOfAJSONBody() {
        #expect(body("{\"n\":12345678901234567890.1234567890e+100}") == "{\"n\":12345678901234567890.1234567890e+100}")
        #expect(body("[1.0, 2.50 , true,null]") == "[1.0,2.50,true,null]")
        #expect(body("\"text\"") == "text")
        #expect(body("null") == nil)
        #expect(body("7") == "7")
        #expect(body("\"\\u00fc\\n\"") == "ü\n")
    }

    @Test func saysThatAJSONBodyIsOne() {
        let json = request("{\"url\":\"http://a/\",\"body\":{\"a\":1}}")
        #expect(json?.method == "POST")
        #expect(json?.headers["content-type"] == "application/json")
        let own = request("{\"url\":\"http://a/\",\"headers\":{\"content-TYPE\":\"x/y\"},\"body\":{}}")
        #expect(own?.headers.values(of: "content-type") == ["x/y"])
        #expect(request("{\"url\":\"http://a/\",\"body\":\"t\"}")?.headers.contains("content-type") == false)
    }

    @Test func letsALineReplaceTheDefaults() {
        let defaults = RequestDefaults(method: "PATCH", headers: HeaderFields([("X-A", "1"), ("X-B", "2")]), body: [1])
        let line = request("{\"url\":\"http://a/\",\"headers\":{\"x-a\":\"9\"},\"body\":null}", defaults)
        #expect(line?.method == "PATCH")
        #expect(line?.headers.values(of: "X-A") == ["9"])
        #expect(line?.headers["x-b"] == "2")
        #expect(line?.body == nil)
        #expect(request("{\"url\":\"http://a/\"}", defaults)?.body == [1])
    }

    @Test(arguments: [
        ("GET", "GET"), ("delete", "DELETE"), ("Options", "OPTIONS"), ("PURGE", "PURGE"), ("purge", "purge"),
        ("M-SEARCH", "M-SEARCH"),
    ]) func capitalisesOnlyMethodsThatItKnows(given: String, method: String) {
        #expect(request("{\"url\":\"http://a/\",\"method\":\"\(given)\"}")?.method == method)
    }

    @Test(arguments: [
        "{\"url\":1}", "{\"url\":[\"http://a/\"]}", "{\"url\":null}", "{\"url\":\"http://a/\",\"id\":[]}",
        "{\"url\":\"http://a/\",\"id\":true}", "{\"url\":\"http://a/\",\"method\":1}",
        "{\"url\":\"http://a/\",\"method\":\"\"}",
        "{\"url\":\"http://a/\",\"method\":\"A B\"}", "{\"url\":\"http://a/\",\"headers\":[]}",
        "{\"url\":\"http://a/\",\"headers\":{\"X\":1}}", "{\"url\":\"http://a/\",\"headers\":{\"X\":null}}",
        "{\"url\":\"http://a/\",\"headers\":{\"X Y\":\"1\"}}", "{\"url\":\"http://a/\",\"headers\":{\"\":\"1\"}}",
        "{\"url\":\"http://a/\",\"headers\":{\"X\":\"a\\nB: c\"}}",
        "{\"url\":\"http://a/\",\"headers\":{\"X\":\"a\\u0000\"}}",
        "{\"url\":\"http://a/\",\"headers\":{\"X\":[\"a\",[]]}}", "{\"url\":\"http://a/\",\"cookies\":1}",
        "{\"URL\":\"http://a/\"}",
        "{\"url\":\"nonsense\"}", "{\"url\":\"http://a/\\n\"}", "{\"url\":\"http://a/\"", "{\"url\":\"http://a/\"}}",
        "{'url':'http://a/'}",
        "{\"url\":\"http://a/\",}", "{url:\"http://a/\"}", "{",
    ]) func refusesWhatItDoesNotUnderstand(_ line: String) {
        #expect(read(line)?.request.failure?.kind == .invalidURL)
        #expect(message(line)?.hasPrefix("l:1: ") == true)
        #expect(message(line)?.utf8.contains { $0 < 0x20 } == false)
        #expect(read(line)?.isJSONLine == false)
    }

    @Test(arguments: ["Host", "content-length", "Transfer-Encoding", "Connection", "TE", "Upgrade", "Trailer"])
    func refusesFieldsThatFollowFromTheRequest(_ name: String) {
        #expect(message("{\"url\":\"http://a/\",\"headers\":{\"\(name)\":\"x\"}}")?.contains("cannot be set") == true)
    }

    @Test(arguments: [
        "{\"url\":\"http://a/\",\"headers\":{\"Authorization\":\"Bearer hunter2\"},\"x\":1}",
        "{\"url\":\"http://a/\",\"headers\":{\"X-Api-Key\":\"hunter2\"}", "{\"password\":\"hunter2\"}",
        "{\"url\":\"http://a/\",\"headers\":{\"Cookie\":\"s=hunter2\",\"Host\":\"b\"}}",
        "{\"url\":\"http://u:hunter2@a b/\"}", "{\"url\":\"http://u:hunter2@a/\",\"method\":7}",
    ]) func showsNoSecretOfALineThatItRefuses(_ line: String) throws {
        let input = try #require(read(line))
        #expect(input.request.failure != nil)
        #expect(!PrintableURL.text(of: input).contains("hunter2"))
        #expect(input.request.failure?.message.contains("hunter2") == false)
        var out: [UInt8] = []
        var writer = FailedLine()
        writer.append(input, to: &out)
        #expect(!String(decoding: out, as: UTF8.self).contains("hunter2"))
    }
}
