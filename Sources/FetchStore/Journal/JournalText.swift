import FetchSystem

/// One completed input in a journal.
struct JournalEntry: Sendable, Hashable {
    /// Whether its record is ok.
    var isOK: Bool
    /// The input's index.
    var index: Int
    /// The fingerprint of the input.
    var fingerprint: UInt64
    /// The offset in the output where its record ends.
    var outputEnd: Int
    /// The offset where the list of failures ends after it.
    var failedEnd: Int
}

/// The text of a journal: a line of JSON that identifies the run, then a line for each completed input, `+ INDEX
/// FINGERPRINT OUTPUT-END FAILED-END CHECKSUM`; `-` for one that failed.
///
/// A line `@ ORIGIN CHECKSUM` says whose the credentials of the command line are; journals without credentials have none.
///
/// A checksum is the CRC-32 of all that stands before it in the file, other checksums and line breaks left out, so that
/// a line that is lost is seen as well as one that is changed. Version 1 has none.
enum JournalText {
    /// The beginning of every journal.
    static let magic = Array("{\"fetchall-journal\":".utf8)
    /// The version of the format.
    static let version = "2"
    /// The version without checksums.
    static let versionWithoutChecksums = "1"

    /// What stands around the checksum at the end of the first line.
    private static let sumStart = Array(",\"crc\":\"".utf8)
    private static let sumEnd = Array("\"}".utf8)

    /// What the first line contains.
    struct Header {
        let version: String
        let options: [(name: String, value: String)]
        /// Its checksum; nil in version 1.
        let sum: UInt32?
    }

    /// The first line, with its line break, and its checksum.
    static func header(_ options: [(name: String, value: String)]) -> (line: [UInt8], sum: UInt32) {
        var line: [UInt8] = []
        JSONValue.object([
            ("fetchall-journal", .number(version)),
            ("options", .object(options.map { (key: $0.name, value: .string($0.value)) })),
        ]).append(to: &line)
        line.removeLast()
        let sum = CRC32.of(line[...], after: 0)
        line += sumStart
        append(UInt64(sum), digits: 8, to: &line)
        line += sumEnd
        line.append(0x0A)
        return (line, sum)
    }

    /// Parses the first line of a journal, without its line break; nil if it is damaged.
    static func readHeader(_ line: ArraySlice<UInt8>) -> Header? {
        guard case .object(let members)? = try? JSONValue.parse(line), case .number(let version)? = members.first?.value
        else { return nil }
        var sum: UInt32?
        if version != versionWithoutChecksums {
            let rest = line.dropLast(sumEnd.count)
            guard let stored = checksum(rest), rest.dropLast(8).suffix(sumStart.count).elementsEqual(sumStart) else {
                return nil
            }
            sum = CRC32.of(rest.dropLast(8 + sumStart.count), after: 0)
            guard sum == stored else { return nil }
        } else if members.count > 2 {
            return nil
        }
        var options: [(name: String, value: String)] = []
        if members.count > 1, case .object(let values) = members[1].value {
            for (key, value) in values {
                if case .string(let text) = value { options.append((key, text)) }
            }
        }
        return Header(version: version, options: options, sum: sum)
    }

    /// Appends a line.
    ///
    /// - Parameter sum: The checksum of all before it, which becomes that of all up to its end; nil for none.
    static func append(_ entry: JournalEntry, to out: inout [UInt8], sum: inout UInt32?) {
        let start = out.count
        out.append(UInt8(ascii: entry.isOK ? "+" : "-"))
        for number in [entry.index, nil, entry.outputEnd, entry.failedEnd] {
            out.append(0x20)
            if let number {
                JSONWriter.integer(number, into: &out)
            } else {
                append(entry.fingerprint, digits: 16, to: &out)
            }
        }
        if let before = sum {
            let after = CRC32.of(out[start...], after: before)
            sum = after
            out.append(0x20)
            append(UInt64(after), digits: 8, to: &out)
        }
        out.append(0x0A)
    }

    /// Appends the line of an origin. Version 1 has no such line.
    static func append(origin: String, to out: inout [UInt8], sum: inout UInt32?) {
        guard let before = sum else { return }
        let text = Array("@ \(origin)".utf8)
        let after = CRC32.of(text[...], after: before)
        sum = after
        out += text + [0x20]
        append(UInt64(after), digits: 8, to: &out)
        out.append(0x0A)
    }

    /// Parses the line of an origin, without its line break; nil if it is another line, or is not valid.
    static func readOrigin(_ line: ArraySlice<UInt8>, sum: inout UInt32?) -> String? {
        guard line.first == UInt8(ascii: "@"), let before = sum else { return nil }
        let text = line.dropLast(9)
        let after = CRC32.of(text, after: before)
        guard line.dropFirst(text.count).first == 0x20, checksum(line) == after, text.dropFirst().first == 0x20,
            let origin = String(validating: text.dropFirst(2), as: UTF8.self)
        else { return nil }
        sum = after
        return origin
    }

    /// Parses a line, without its line break; nil if it is not valid.
    ///
    /// - Parameter sum: The checksum of all before it, which becomes that of all up to its end; nil for none.
    static func read(_ line: ArraySlice<UInt8>, sum: inout UInt32?) -> JournalEntry? {
        guard let before = sum else { return read(line) }
        let text = line.dropLast(9)
        let after = CRC32.of(text, after: before)
        guard line.dropFirst(text.count).first == 0x20, checksum(line) == after else { return nil }
        sum = after
        return read(text)
    }

    private static func read(_ line: ArraySlice<UInt8>) -> JournalEntry? {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].count == 1, let sign = parts[0].first, sign == 0x2B || sign == 0x2D,
            parts[2].count == 16, let index = integer(parts[1]), let fingerprint = hexadecimal(parts[2]),
            fingerprint != 0, let output = integer(parts[3]), let failed = integer(parts[4])
        else { return nil }
        return JournalEntry(
            isOK: sign == 0x2B, index: index, fingerprint: fingerprint, outputEnd: output, failedEnd: failed)
    }

    private static func append(_ value: UInt64, digits count: Int, to out: inout [UInt8]) {
        for shift in stride(from: (count - 1) * 4, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 0xF
            out.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }

    /// The checksum that a text ends with.
    private static func checksum(_ text: ArraySlice<UInt8>) -> UInt32? {
        let digits = text.suffix(8)
        // As they are written: a line has one spelling only.
        guard digits.count == 8, !digits.contains(where: { (0x41...0x46).contains($0) }) else { return nil }
        return hexadecimal(digits).map { UInt32(truncatingIfNeeded: $0) }
    }

    private static func integer(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...18).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for byte in digits {
            guard let digit = JSONText.hexDigit(byte) else { return nil }
            value = value << 4 | UInt64(digit)
        }
        return value
    }
}
