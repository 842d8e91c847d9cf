import Testing

@testable import FetchHTTP
@testable import FetchTransport

/// Fields as the wire has them.
@Suite struct HeaderFieldsTests {
    private func raw(_ text: String) -> HeaderFields { HeaderFields(lines: Array(text.utf8)) }

    @Test func findsANameWithoutCase() {
        let fields = HeaderFields([("Content-Type", "text/html"), ("ETag", "\"x\"")])
        #expect(fields["content-type"] == "text/html")
        #expect(fields["CONTENT-TYPE"] == "text/html")
        #expect(fields["etag"] == "\"x\"")
        #expect(fields["content"] == nil)
        #expect(fields["content-type-x"] == nil)
        #expect(fields.contains("eTag"))
        #expect(!fields.contains("etags"))
    }

    /// The fields of a head that passed line by line.
    private func passed(_ lines: String...) -> HeaderFields {
        var head = IncomingHead()
        for line in ["HTTP/1.1 200 OK\r\n"] + lines { #expect(Array(line.utf8).withUnsafeBytes { head.take($0) }) }
        return HeaderFields(lines: head.lines, seen: head.seen)
    }

    @Test func knowsItsContentTypeFromTheHeadThatPassed() {
        #expect(passed("Content-Type: text/html \r\n", "content-type: b\r\n").contentType == "text/html")
        #expect(passed("A: b\r\n", "CONTENT-TYPE:text/x\n").contentType == "text/x")
        #expect(passed("Content-Type:\r\n", "Content-Type: b\r\n").contentType == "")
        #expect(passed("Content-Type : first\r\n", "Content-Type: second\r\n").contentType == "first")
        #expect(passed("Content-Type-X: a\r\n", "Content-Type: second\r\n").contentType == "second")
        #expect(passed("A: b\r\n").contentType == nil)
        // Too far from the beginning to be noted.
        let far = passed("A: \(String(repeating: "x", count: 70_000))\r\n", "Content-Type: far\r\n")
        #expect(far.contentType == "far")
    }

    @Test func knowsThatThereIsNoRateLimitUntilAFieldComes() {
        var fields = passed("A: b\r\n")
        #expect(fields.isKnownToHoldNoRateLimit)
        #expect(!fields.mayHoldRateLimit)
        fields.append("RateLimit-Remaining", "0")
        #expect(!fields.isKnownToHoldNoRateLimit)
        #expect(fields.mayHoldRateLimit)
        #expect(!passed("X-RateLimit-Reset: 1\r\n").isKnownToHoldNoRateLimit)
        #expect(!HeaderFields(lines: Array("A: b\r\n".utf8)).isKnownToHoldNoRateLimit)
    }

    @Test func isTheSameWhateverWasSeenOfIt() {
        let seen = passed("Content-Type: a\r\n")
        #expect(seen == HeaderFields(lines: seen.lines))
        #expect(Set([seen, HeaderFields(lines: seen.lines)]).count == 1)
    }

    @Test func keepsDuplicatesInTheirOrder() {
        let fields = HeaderFields([("Set-Cookie", "a=1"), ("X", "y"), ("set-cookie", "b=2")])
        #expect(fields["set-cookie"] == "a=1")
        #expect(fields.values(of: "Set-Cookie") == ["a=1", "b=2"])
        #expect(fields.fields.map(\.name) == ["Set-Cookie", "X", "set-cookie"])
    }

    @Test func readsWhatTheWireHas() {
        let fields = raw("A: 1\r\nB:2\r\nC:   3 \t\r\nD:\r\nE : 5\nno colon\r\n\r\nF: a:b\r\nG: last")
        #expect(fields.fields.map(\.name) == ["A", "B", "C", "D", "E", "F", "G"])
        #expect(fields.fields.map(\.value) == ["1", "2", "3", "", "5", "a:b", "last"])
        #expect(fields["d"] == "")
        #expect(fields["e"] == "5")
        #expect(fields["f"] == "a:b")
        #expect(fields["no colon"] == nil)
    }

    @Test func makesTextOfAnyBytes() {
        let fields = HeaderFields(lines: Array("X: ".utf8) + [0xFF, 0x41, 0xC3] + Array("\r\nY: ü\r\n".utf8))
        #expect(fields["x"] == "\u{FFFD}A\u{FFFD}")
        #expect(fields["y"] == "ü")
    }

    @Test func letsNoValueForgeAField() {
        let fields = HeaderFields([("X", "a\r\nAuthorization: Bearer x\r\n\r\nbody\0")])
        #expect(fields.fields.count == 1)
        #expect(!fields.contains("authorization"))
        #expect(fields["x"] == "a  Authorization: Bearer x    body")
    }

    @Test func appendsAfterALineWithoutItsBreak() {
        var fields = raw("A: 1")
        fields.append(contentsOf: HeaderFields([("B", "2")]))
        #expect(fields.fields.map(\.name) == ["A", "B"])
        fields.append(contentsOf: HeaderFields())
        #expect(fields.fields.count == 2)
    }

    @Test func filtersByName() {
        let fields = HeaderFields([("A", "1"), ("B", "2"), ("a", "3")])
        #expect(fields.filter { $0.lowercased() == "a" }.values(of: "A") == ["1", "3"])
        #expect(fields.filter { _ in false }.isEmpty)
    }

    @Test func `issue 20.12: what is left out is no field, and is not forgotten`() {
        var fields = HeaderFields([("A", "1")])
        fields.leaveOut("Accept")
        fields.append("B", "2")
        fields.leaveOut("not a name\r\nX: y")
        #expect(fields.fields.map(\.name) == ["A", "B"])
        #expect(fields.leftOut == ["Accept"])
        #expect(!fields.contains("accept") && fields.leavesOut("ACCEPT") && fields.decides("accept"))
        #expect(fields.decides("a") && !fields.leavesOut("a") && !fields.decides("c"))
        #expect(fields != HeaderFields([("A", "1"), ("B", "2")]))
        #expect(fields.filter { $0 == "B" || $0 == "Accept" }.leftOut == ["Accept"])
        #expect(fields.filter { $0 == "B" }.leftOut.isEmpty)
        #expect(fields.keeping { $0 == "B" }.leftOut == ["Accept"])
        #expect(raw("A: 1\r\nAccept\r\n").leftOut == ["Accept"])
    }

    @Test func isEmptyWithoutFields() {
        #expect(HeaderFields().isEmpty)
        #expect(HeaderFields().fields.isEmpty)
        #expect(HeaderFields()["x"] == nil)
        #expect(!HeaderFields([("A", "")]).isEmpty)
    }
}

/// What libcurl lets pass and we do not.
@Suite struct HeadCheckTests {
    private func kind(_ lengths: String...) -> FetchError.Kind? {
        let response = Response(status: 200, headers: HeaderFields(lengths.map { ("Content-Length", $0) }))
        return HeadCheck.failure(of: response.headers)?.kind
    }

    @Test func takesOneLengthHoweverOften() {
        #expect(kind() == nil)
        #expect(kind("5") == nil)
        #expect(kind("5", "5") == nil)
        #expect(kind("5, 5") == nil)
        #expect(kind("6,06,6", "6,    6") == nil)
        #expect(kind("0") == nil)
    }

    @Test func refusesLengthsThatDiffer() {
        #expect(kind("5", "6") == .protocolError)
        #expect(kind("5,6") == .protocolError)
        #expect(kind("5", "5", "7") == .protocolError)
    }

    @Test(arguments: ["", "5 bytes", "-5", "+5", "five", "5,", ",5", "5.0", "0x5", "5 5", "٥"])
    func refusesWhatIsNoNumber(_ length: String) {
        #expect(kind(length) == .protocolError)
    }
}
