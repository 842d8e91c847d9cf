import FetchHTTP
import FetchRecords
import FetchSystem
import Testing

@testable import FetchStore

@Suite("A journal says what is done, and what is not a journal is left alone")
struct JournalTests {
    private static let options = [(name: "--format", value: "jsonl"), (name: "--output", value: "out")]

    private static func text(_ entries: [JournalEntry]) -> [UInt8] {
        var (bytes, first) = JournalText.header(options)
        var sum: UInt32? = first
        for entry in entries { JournalText.append(entry, to: &bytes, sum: &sum) }
        return bytes
    }

    /// A journal as it was before there were checksums.
    private static func oldText(_ lines: [String]) -> [UInt8] {
        Array(
            ([#"{"fetchall-journal":1,"options":{"--format":"jsonl","--output":"out"}}"#] + lines).map { $0 + "\n" }
                .joined().utf8)
    }

    private static func entry(_ index: Int, end: Int, isOK: Bool = true, failedEnd: Int = 0) -> JournalEntry {
        JournalEntry(
            isOK: isOK, index: index, fingerprint: UInt64(index) << 60 | 0xABC, outputEnd: end, failedEnd: failedEnd)
    }

    private static func read(
        _ bytes: [UInt8], by size: Int = .max, output: Int? = nil, failed: Int? = nil,
        options: [(name: String, value: String)] = options
    ) throws -> JournalReading {
        var reading = JournalReading(options: options, outputSize: output, failedSize: failed)
        var rest = bytes[...]
        while !rest.isEmpty {
            try reading.feed(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        try reading.finish()
        return reading
    }

    private static let three = [entry(0, end: 100), entry(2, end: 250, isOK: false, failedEnd: 9), entry(1, end: 300)]

    @Test("What is written is read again, in blocks of any size", arguments: [1, 7, 100, .max])
    func roundTrip(size: Int) throws {
        let bytes = Self.text([Self.entry(0, end: 100), Self.entry(2, end: 250, isOK: false), Self.entry(1, end: 300)])
        let reading = try Self.read(bytes, by: size)
        #expect(reading.completed.count == 3)
        #expect((0...3).map { reading.completed.contains($0) } == [true, true, true, false])
        #expect(reading.completed.fingerprint(of: 2) == 2 << 60 | 0xABC)
        #expect(reading.failedCount == 1)
        #expect(reading.outputEnd == 300)
        #expect(reading.end == bytes.count)
    }

    @Test("A journal that was cut anywhere gives the whole lines before the cut")
    func everyCut() throws {
        let bytes = Self.text(Self.three)
        let header = JournalText.header(Self.options).line.count
        for cut in 0...bytes.count {
            let reading = try Self.read(Array(bytes[..<cut]))
            let lines = bytes[..<cut].count { $0 == 0x0A }
            #expect(reading.completed.count == max(0, lines - 1), "cut at \(cut)")
            #expect(reading.end == (bytes[..<cut].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0), "cut at \(cut)")
            #expect(cut >= header || reading.end == 0)
        }
    }

    @Test(
        "Records that were noted but not written whole do not count",
        arguments: [
            (300, 9, 3), (299, 9, 2), (250, 9, 2), (249, 9, 1), (99, 9, 0), (0, 0, 0), (300, 8, 1),
        ])
    func output(length: Int, failedLength: Int, expected: Int) throws {
        var entries = Self.three
        entries[2].failedEnd = 9
        let reading = try Self.read(Self.text(entries), output: length, failed: failedLength)
        #expect(reading.completed.count == expected)
        #expect(reading.outputEnd == [0, 100, 250, 300][expected])
        #expect(reading.failedEnd == [0, 0, 9, 9][expected])
        #expect(reading.end == Self.text(Array(entries.prefix(expected))).count)
    }

    @Test("What is behind a record that was not written does not count either")
    func monotonic() throws {
        let entries = [Self.entry(0, end: 100), Self.entry(1, end: 500), Self.entry(2, end: 120)]
        #expect(try Self.read(Self.text(entries), output: 200).completed.count == 1)
    }

    @Test(
        "What is no journal is refused",
        arguments: [
            ("http://a.test/\nhttp://b.test/\n", 1), ("no line break", 1), ("{\"fetchall-journal\":", 0),
            ("{\"other\":1}\n", 1), ("{\"fetchall-journal\"", 0), ("\u{0}\u{0}\u{0}\n", 1), ("", 0),
        ])
    func foreign(text: String, line: Int) {
        if line == 0 {
            #expect(throws: Never.self) { try Self.read(Array(text.utf8)) }
        } else {
            #expect(throws: JournalReading.Failure.foreign) { try Self.read(Array(text.utf8)) }
        }
    }

    @Test(
        "A line that cannot be read is damage",
        arguments: [
            "+ 1 00000000000000ab 10", "+ x 00000000000000ab 10 0", "* 1 00000000000000ab 10 0", "+ 1 ab 10 0",
            "+ 1 0000000000000000 10 0", "+ 9999999999999999999 00000000000000ab 10 0", "", "+ 1 00000000000000ab -1 0",
        ])
    func damaged(line: String) throws {
        let good = "+ 0 00000000000000ab 10 0"
        let bytes = Self.oldText([good, line, "+ 2 00000000000000ab 30 0"])
        let reading = try Self.read(bytes)
        #expect(reading.damagedLine == 3)
        #expect(reading.completed.count == 1 && reading.outputEnd == 10)
        #expect(reading.end == Self.oldText([good]).count)
    }

    @Test("issue 20.16: a journal without checksums is read, and stays without them")
    func withoutChecksums() throws {
        let reading = try Self.read(Self.oldText(["+ 0 00000000000000ab 10 0", "- 1 00000000000000cd 25 7"]))
        #expect(reading.damagedLine == nil && reading.sum == nil)
        #expect(reading.completed.count == 2 && reading.failedCount == 1)
        #expect(reading.outputEnd == 25 && reading.failedEnd == 7)
    }

    @Test("issue 20.16: a bit that changed anywhere is seen, and what stands before its line counts")
    func everyBit() throws {
        let bytes = Self.text(Self.three)
        let ends = bytes.indices.filter { bytes[$0] == 0x0A }
        for offset in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[offset] ^= 1 << UInt8(bit)
                guard let reading = try? Self.read(changed) else {
                    #expect(offset < JournalText.magic.count, "\(offset).\(bit) is refused")
                    continue
                }
                let line = ends.count { $0 < offset }
                // Without its line break the last line is one that was cut when the process died.
                let isCut = offset == bytes.count - 1
                #expect(reading.damagedLine == (isCut ? nil : line + 1), "\(offset).\(bit)")
                #expect(reading.completed.count == max(0, line - 1), "\(offset).\(bit)")
                #expect(reading.outputEnd == (line < 2 ? 0 : [100, 250, 300][line - 2]), "\(offset).\(bit)")
            }
        }
    }

    @Test("issue 20.16: a line that is missing, doubled or at another place is seen")
    func lines() throws {
        let lines = Self.text(Self.three).split(separator: 0x0A).map { Array($0) + [0x0A] }
        for order in [[0, 2, 3], [0, 1, 3], [0, 1, 1, 2, 3], [0, 2, 1, 3], [0, 0, 1]] {
            let reading = try Self.read(order.flatMap { lines[$0] })
            let good = zip(order, 0...).prefix { $0 == $1 }.count
            #expect(reading.damagedLine == good + 1, "\(order)")
            #expect(reading.completed.count == good - 1, "\(order)")
        }
    }

    @Test("Options that differ are named, new and missing ones too")
    func otherOptions() {
        let bytes = Self.text([])
        #expect(throws: JournalReading.Failure.options(["--format"])) {
            try Self.read(bytes, options: [("--format", "csv"), ("--output", "out")])
        }
        #expect(throws: JournalReading.Failure.options(["--body", "--output"])) {
            try Self.read(bytes, options: [("--format", "jsonl"), ("--body", "true")])
        }
    }

    @Test("Another version is not read")
    func version() throws {
        let bytes = Array("{\"fetchall-journal\":2,\"options\":{}}\n".utf8)
        #expect(try Self.read(bytes).damagedLine == 1)
        let later = Array("{\"fetchall-journal\":3,\"options\":{}".utf8)
        let sum = String(CRC32.of(later[...], after: 0), radix: 16)
        let line = ",\"crc\":\"" + String(repeating: "0", count: 8 - sum.count) + sum + "\"}\n"
        #expect(throws: JournalReading.Failure.version("3")) { try Self.read(later + Array(line.utf8)) }
    }

    @Test("Outcomes that the run, the host or the machine prevented are fetched again")
    func finality() {
        for kind in FetchError.Kind.allCases {
            let isFinal = ![.cancelled, .deadline, .rateLimited, .hostDown, .localLimit, .io].contains(kind)
            #expect(Journal.isFinal(Samples.failed(FetchError(kind, ""))) == isFinal, "\(kind)")
        }
        #expect(Journal.isFinal(Samples.ok()))
    }

    @Test("A fingerprint tells all but secrets")
    func fingerprints() {
        func input(
            _ url: String = "http://a.test/x", id: String? = nil, method: String = "GET",
            headers: [(name: String, value: String)] = [], body: [UInt8]? = nil
        ) -> UInt64 {
            let request = Request(Samples.url(url), method: method, headers: HeaderFields(headers), body: body)
            return Input(index: 0, id: id, text: url, request: .success(request)).fingerprint
        }
        let all = [
            input(), input("http://a.test/y"), input(id: ""), input(id: "x"), input(method: "PUT"),
            input(headers: [("Accept", "a")]), input(body: []), input(body: [1]),
        ]
        #expect(Set(all).count == all.count)
        #expect(input(headers: [("Authorization", "Bearer 1")]) == input())
        #expect(input("http://u:p@a.test/x") == input())
        #expect(Samples.input("foo").fingerprint != Samples.input("bar").fingerprint)
    }
}
