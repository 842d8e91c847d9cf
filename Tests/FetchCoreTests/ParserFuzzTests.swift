import FetchSystem
import TestSupport
import Testing

@testable import FetchHTTP
@testable import FetchRecords
@testable import FetchTransport

/// Every parser of a few words, on anything at all: none may crash or trap, and what it gives keeps its promises. The
/// seeds are fixed, so a failure comes back.
@Suite("Parsers: any bytes at all", .timeLimit(.minutes(20)))
struct ParserFuzzTests {
    private static let digits = "0123456789.,:;-+eExX kKmMgGtTpPbBsSmhd/%"

    @Test func `durations are never negative and sizes stay within 2^53`() {
        var random = SeededRandom(seed: 21)
        var good = 0
        for _ in 0..<20_000 {
            let text = random.text(alphabet: Self.digits, upTo: 24)
            if let duration = try? Quantity.duration(text) {
                good += 1
                #expect(duration >= .zero, "\(text)")
            }
            if let size = try? Quantity.byteSize(text) {
                good += 1
                #expect(size >= 0 && size <= 1 << 53, "\(text)")
            }
            if let rate = try? Quantity.rate(text) { #expect(rate.count > 0 && rate.period > .zero, "\(text)") }
        }
        #expect(good > 200)
    }

    @Test func `sets of statuses hold statuses only, and read themselves again`() throws {
        var random = SeededRandom(seed: 22)
        var good = 0
        for _ in 0..<20_000 {
            let text = random.text(alphabet: "0123456789.,-xX 2345", upTo: 16)
            guard let set = try? StatusSet(text) else { continue }
            good += 1
            #expect((100...999).contains { set.contains($0) }, "\(text)")
            #expect(!set.contains(99) && !set.contains(1000))
            let again = try StatusSet(set.description)
            #expect((100...999).allSatisfy { set.contains($0) == again.contains($0) }, "\(text)")
        }
        #expect(good > 50)
    }

    @Test func `dates and Retry-After give a time within bounds, or nothing`() {
        var random = SeededRandom(seed: 23)
        let words = [
            "Sun", "Monday", "Nov", "06", "6", "1994", "94", "08:49:37", "8:49", "GMT", "+0100", "-9999", ",", "-", " ",
            "99999999999999999999", "0", "-1", "1e9", "Feb", "30", "23:59:60", "Z", "\u{0}", "é",
        ]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...8, using: &random)
            let separator = [" ", "", ", ", "-"].randomElement(using: &random) ?? " "
            let text = (0..<count).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: separator)
            if let seconds = HTTPDate.parse(text) { #expect(abs(seconds) < 1 << 53, "\(text)") }
            if let wait = RetryAfter.parse(text, now: 1_767_225_600) { #expect(wait >= .zero, "\(text)") }
            _ = RetryAfter.parse(text, now: .max)
            _ = RetryAfter.parse(text, now: .min)
        }
    }

    @Test func `globs give as many URLs as they say, and the first few are quick`() {
        var random = SeededRandom(seed: 24)
        var good = 0
        for _ in 0..<10_000 {
            guard let glob = try? URLGlob(random.text(alphabet: "[]{}0123456789-:,abz\\ /", upTo: 40)) else { continue }
            good += 1
            #expect(glob.count > 0)
            let first = Array(glob.prefix(50))
            #expect(first.count == min(50, glob.count))
        }
        #expect(good > 500)
        #expect((try? URLGlob(String(repeating: "[0-999999999999999999]", count: 100)))?.count == .max)
        #expect((try? URLGlob(String(repeating: "{a,b}", count: 101))) == nil)
    }

    @Test func `names of files stay in their folder and within 255 bytes`() throws {
        var random = SeededRandom(seed: 25)
        let alphabet = "{}index id host path name ext/\\..%2f%00-~é\u{202E}\u{1B}:*|"
        var good = 0
        for round in 0..<6_000 {
            let text = random.text(alphabet: alphabet, upTo: 40)
            let braces = ["{name}", "{path}/{index}", "{host}/{id}{ext}", text][round % 4]
            guard let template = try? FileNameTemplate(braces) else { continue }
            good += 1
            guard let url = FetchURL("http://h/" + random.text(alphabet: alphabet, upTo: 60)) else { continue }
            let input = Input(index: round, id: text, text: "", request: .success(Request(url)))
            let name = template.name(for: input, url: url)
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            #expect(parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 255 }, "\(name)")
            #expect(!name.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }, "\(name)")
            #expect(!name.hasPrefix("/") && !parts.contains { $0.hasPrefix(".") || $0.hasPrefix("-") }, "\(name)")
        }
        #expect(good > 3_000)
    }

    @Test func `templates of URLs lead to their own host whatever is put in, or are refused`() throws {
        var random = SeededRandom(seed: 88)
        let pieces = [
            "{id}", "{id", "}", "{", "/", "?q=", "#", "@", ":", "..", "%2f", "http://", "a.test", "é", "\\", " ", "&",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? ""
            }
            _ = try? URLTemplate("http://" + text.joined())
        }
        let template = try URLTemplate("http://a.test/x/{id}/y?q={id}")
        for _ in 0..<3000 {
            let id = (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                .joined()
            guard let url = try? template.expand({ _ in id }) else { continue }
            #expect(url.origin.serialization == "http://a.test")
            #expect(url.path.hasPrefix("/x/") && url.path.hasSuffix("/y") && url.path.split(separator: "/").count == 3)
        }
    }

    @Test func `formats of write-out are read or refused`() {
        var random = SeededRandom(seed: 26)
        for _ in 0..<10_000 {
            _ = try? WriteOut(random.text(alphabet: "%{}http_code json url header \\n\\x41\\", upTo: 40))
        }
    }

    @Test func `JSON that is read is written as the same value, and depth has a limit`() throws {
        var random = SeededRandom(seed: 27)
        var good = 0
        for _ in 0..<30_000 {
            let text = random.text(alphabet: "[]{}\"\":,,0123.e-+ntrufalse\\u00e9 ", upTo: 24)
            guard let value = try? JSONValue.parse(Array(text.utf8)[...]) else { continue }
            good += 1
            var bytes: [UInt8] = []
            value.append(to: &bytes)
            let again = try JSONValue.parse(bytes[...])
            #expect(again == value, "\(text)")
        }
        #expect(good > 100)
        for opening in ["[", "{\"a\":", "[{\"a\":"] {
            let deep = Array(String(repeating: opening, count: 100_000).utf8)
            #expect(throws: (any Error).self) { try JSONValue.parse(deep[...]) }
        }
    }

    @Test func `heads are kept as they came, and what is asked of them is always an answer`() {
        var random = SeededRandom(seed: 28)
        let alphabet = "Content-Length: 0123, Encoding gzip chunked Transfer-\r\n\0\t HTTP/1.1 200 OK"
        for _ in 0..<10_000 {
            var head = IncomingHead()
            var failure: FetchError?
            for _ in 0..<Int.random(in: 0...8, using: &random) where failure == nil {
                let start = [
                    "", "HTTP/1.1 ", "Content-Length: ", "content-encoding:", "Transfer-Encoding: ", "Content-Type: ",
                    "content-type", "RateLimit-Limit:",
                ]
                let line = Array(
                    ((start.randomElement(using: &random) ?? "") + random.text(alphabet: alphabet, upTo: 40)).utf8)
                failure = line.withUnsafeBytes { head.take($0) } ? nil : head.problem
            }
            let fields = HeaderFields(lines: head.lines)
            for name in ["content-length", "Content-Encoding", "", "x"] {
                #expect(fields.values(of: name).first == fields[name])
            }
            #expect(fields.filter { _ in true }.fields.count == fields.fields.count)
            _ = HeadCheck.failure(of: fields)
            if let layers = try? ContentCoding.layers(of: fields, unpacksContent: true) { #expect(layers.count <= 5) }
            if let length = head.length { #expect(length >= 0) }
        }
    }

    /// libcurl hands over whole lines, each with its LF.
    @Test func `what was seen of a head while it passed is what its fields say`() {
        var random = SeededRandom(seed: 29)
        let starts = [
            "", "Content-Type: ", "content-type", "content-type:", "CONTENT-TYPE:", "Content-Length: 1",
            "X-RateLimit-Limit:",
        ]
        var known = 0
        for _ in 0..<20_000 {
            var head = IncomingHead()
            var isTaken = true
            for _ in 0..<Int.random(in: 0...5, using: &random) where isTaken {
                let end = Bool.random(using: &random) ? "\r\n" : "\n"
                let text = random.text(alphabet: " \t\r:;/-ContentType", upTo: 12).filter { $0 != "\n" && $0 != "\r\n" }
                let line = Array(((starts.randomElement(using: &random) ?? "") + text + end).utf8)
                isTaken = line.withUnsafeBytes { head.take($0) }
            }
            let fields = HeaderFields(lines: head.lines)
            let seen = HeaderFields(lines: head.lines, seen: head.seen)
            #expect(seen.contentType == fields["content-type"])
            #expect(seen.mayHoldRateLimit == fields.mayHoldRateLimit)
            if head.seen.contentType != nil { known += 1 }
        }
        #expect(known > 5000)
    }

    @Test func `packed bodies with any bytes in them end in an answer`() throws {
        var random = SeededRandom(seed: 29)
        let good = LoopbackServer.gzip((0..<2_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) })
        let codings: [[ContentCoding]] = [
            [.gzip], [.deflate], [.brotli], [.zstd], [.gzip, .gzip], [.zstd, .brotli, .deflate, .gzip, .gzip],
        ]
        for round in 0..<3_000 {
            let decoder = try BodyDecoder(codings[round % codings.count])
            defer { decoder.free() }
            var bytes = round % 2 == 0 ? good : Array(random.text(alphabet: "\u{1F}\u{8}(x", upTo: 300).utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8(truncatingIfNeeded: random.next())
            }
            var size = 0
            var problem: String?
            var rest = bytes[...]
            while problem == nil, !rest.isEmpty {
                let piece = Array(rest.prefix(Int.random(in: 1...200, using: &random)))
                rest = rest.dropFirst(piece.count)
                problem = piece.withUnsafeBytes {
                    decoder.decode($0) { block in
                        size += block.count
                        return size < 100_000
                    }
                }
            }
            #expect(size <= 133_000)
            if problem == nil { _ = decoder.isComplete }
        }
    }

    @Test func `addresses are read or refused`() {
        var random = SeededRandom(seed: 30)
        for _ in 0..<20_000 {
            guard let ip = IPAddress(host: random.text(alphabet: "[]:::0123456789abcdef....x", upTo: 24)) else {
                continue
            }
            _ = ip.isPublic
            let shown = ip.description
            #expect(IPAddress(host: shown.contains(":") ? "[\(shown)]" : shown) == ip)
        }
    }

    /// A megabyte of what each parser likes least. The bound is generous: quadratic work would take minutes.
    @Test func `long texts are read in time`() {
        let start = ContinuousClock.now
        let length = 1 << 20
        func long(_ text: String) -> String { String(repeating: text, count: length / text.utf8.count) }
        for text in ["0", "1.", "1e", "k", " ", ",", "200,", "-"] {
            _ = try? Quantity.duration(long(text))
            _ = try? Quantity.byteSize(long(text))
            _ = try? StatusSet(long(text))
            _ = HTTPDate.parse(long(text))
            _ = RetryAfter.parse(long(text), now: 0)
        }
        for text in ["[", "{", "{a,", "\\", "[1-2]", "{}"] { _ = try? URLGlob(long(text)) }
        for text in ["{", "{name}", "../", "%2f", "a"] { _ = try? FileNameTemplate(long(text)) }
        for text in ["%{", "%", "\\", "%{url}"] { _ = try? WriteOut(long(text)) }
        for text in ["[", "{\"a\":", "\"", "\\\"", "1", "[1,", "{\"a\":1,"] {
            _ = try? JSONValue.parse(Array(long(text).utf8)[...])
        }
        for text in ["http://", "/", "../", "@", "a:b@", "%", "é", "[", ":"] { _ = FetchURL("http://" + long(text)) }
        let lines = HeaderFields(lines: Array(long("Content-Length: 5\r\n").utf8))
        _ = HeadCheck.failure(of: lines)
        _ = try? ContentCoding.layers(of: HeaderFields([("Content-Encoding", long("gzip,"))]), unpacksContent: true)
        #expect(ContinuousClock.now - start < .seconds(120))
    }
}
