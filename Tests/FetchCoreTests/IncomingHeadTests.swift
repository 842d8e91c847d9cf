import FetchSystem
import TestSupport
import Testing

@testable import FetchHTTP
@testable import FetchTransport

@Suite("Heads as their lines arrive")
struct IncomingHeadTests {
    /// The lines of a head, after a status line and before an empty one, and the failure that ended it.
    private func passed(_ lines: [String]) -> (head: HeaderFields, failure: FetchError?, isOdd: Bool, hidden: Bool) {
        var head = IncomingHead()
        for line in ["HTTP/1.1 200 OK\r\n"] + lines + ["\r\n"] {
            guard Array(line.utf8).withUnsafeBytes({ head.take($0) }) else {
                return (HeaderFields(lines: head.lines), head.problem, head.isOdd, head.hidesFraming)
            }
        }
        return (HeaderFields(lines: head.lines, seen: head.seen), nil, head.isOdd, head.hidesFraming)
    }

    @Test func `issue 20.14: folds are joined by one blank, whatever the ends of their lines are`() {
        for end in ["\r\n", "\n", " \r\n", "\t \n"] {
            for start in [" ", "\t", " \t  "] {
                let fields = passed(["A: 1" + end, start + "2" + end, start + end, start + "B: 3" + end, "C: 4\r\n"])
                #expect(fields.failure == nil && !fields.isOdd)
                #expect(fields.head.fields.map { "\($0.name)=\($0.value)" } == ["A=1 2 B: 3", "C=4"])
            }
        }
        #expect(passed(["A:\r\n", " 1\r\n"]).head["a"] == "1")
        #expect(passed([" A: 1\r\n"]).failure?.kind == .protocolError)
        #expect(passed(["Content-Type: a\r\n", " b\r\n", "Content-Type: c\r\n"]).head.contentType == "a b")
        #expect(passed(["Content-Type: a\r\n", "X: y\r\n", " z\r\n"]).head.contentType == "a")
        #expect(passed(["RateLimit:\n", " r=1\n"]).head.mayHoldRateLimit)
    }

    @Test func `issue 20.14: a fold hides the framing only where libcurl has read something else`() {
        #expect(passed(["Transfer-Encoding:\r\n", " chunked\r\n"]).hidden)
        #expect(passed(["Transfer-Encoding: chunked\r\n", " \r\n", "\tx\r\n"]).hidden)
        #expect(!passed(["Transfer-Encoding: chunked\r\n", " \r\n"]).hidden)
        #expect(!passed(["X: y\r\n", " Transfer-Encoding: chunked\r\n"]).hidden)
        #expect(passed(["Transfer-Encoding : chunked\r\n"]).hidden)
        #expect(passed(["Content-Length\t: 5\r\n"]).hidden)
        #expect(!passed(["Content-Length-X : 5\r\n", "Transfer-Encoding-X : a\r\n", "Content-Type : b\r\n"]).hidden)
        let length = passed(["Content-Length: 5\r\n", " 6\r\n"])
        #expect(length.isOdd && HeadCheck.failure(of: length.head)?.kind == .protocolError)
    }

    @Test func `issue 20.13: two Locations that differ are a protocol error`() {
        let same = passed(["Location: /a\r\n", "location:/a\n"])
        #expect(same.isOdd && HeadCheck.failure(of: same.head) == nil)
        let two = passed(["Location:a\n", "Location:b\n"])
        #expect(two.isOdd && HeadCheck.failure(of: two.head)?.kind == .protocolError)
        #expect(!passed(["Location: /a\r\n", "Last-Modified: /b\r\n"]).isOdd)
    }

    @Test func `issue 20.15: a length is as large as it is`() {
        func length(_ values: String...) -> Int? {
            HeadCheck.length(of: HeaderFields(values.map { ("Content-Length", $0) }))
        }
        #expect(length() == nil)
        #expect(length("5", "5") == 5)
        #expect(length("007, 7") == 7)
        #expect(length("99999999999999999999") == .max)
    }

    @Test func `issue 20.14: a CR without an LF is found wherever it is`() {
        func isFound(_ bytes: [UInt8]) -> Bool {
            var buffer = ByteBuffer(capacity: 128)
            for byte in bytes { buffer.append(byte) }
            return buffer.hasBareCarriageReturn
        }
        for count in 0...70 {
            let plain: [UInt8] = (0..<count).map { $0 % 7 == 5 ? 0x0D : $0 % 7 == 6 ? 0x0A : 0x61 }
            #expect(isFound(plain) == (count % 7 == 6))
            for index in 0..<count where count % 7 != 6 && index % 7 < 5 {
                var bare = plain
                bare[index] = 0x0D
                // Before a CR it is bare too.
                #expect(isFound(bare), "\(index) of \(count)")
            }
        }
    }
}
