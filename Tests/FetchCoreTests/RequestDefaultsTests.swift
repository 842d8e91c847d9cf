import FetchHTTP
import FetchRecords
import Testing

@Suite("What the command line gives to every request")
struct RequestDefaultsTests {
    @Test("A plain URL is sent with the defaults, by POST if they have a body")
    func plain() throws {
        let headers = HeaderFields([("X-A", "1")])
        #expect(line("http://a/")?.sent?.method == "GET")
        #expect(line("http://a/", RequestDefaults(body: []))?.sent?.method == "POST")
        let request = try #require(
            line("x\thttp://a/", RequestDefaults(method: "PUT", headers: headers, body: [65]))?.sent)
        #expect(request == (try Request(FetchURL.parse("http://a/"), method: "PUT", headers: headers, body: [65])))
    }

    @Test("A JSON request goes before the defaults, header by header")
    func override() throws {
        let headers = HeaderFields([("X-A", "1"), ("x-a", "2"), ("X-B", "3"), ("Content-Type", "t/1")])
        let defaults = RequestDefaults(method: "PATCH", headers: headers, body: [65])
        let own = try #require(line(#"{"url":"http://a/","headers":{"x-A":"9"}}"#, defaults)?.sent)
        #expect(own.headers.values(of: "x-a") == ["9"])
        #expect(own.headers["x-b"] == "3")
        #expect(own.method == "PATCH")
        #expect(own.body == [65])
        let body = try #require(line(#"{"url":"http://a/","body":{},"method":"PUT"}"#, defaults)?.sent)
        #expect(body.headers.values(of: "content-type") == ["t/1"])
        #expect(body.method == "PUT")
        #expect(body.body == Array("{}".utf8))
        // null is the same as not there.
        let none = try #require(line(#"{"url":"http://a/","body":null,"method":null}"#, defaults)?.sent)
        #expect(none.method == "PATCH")
        #expect(none.body == [65])
    }
}
