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
/// FINGERPRINT OUTPUT-END FAILED-END`; `-` for one that failed.
enum JournalText {
    /// The beginning of every journal.
    static let magic = Array("{\"fetchall-journal\":".utf8)
    /// The version of the format.
    static let version = "1"

    /// The first line, with its line break.
    static func header(_ options: [(name: String, value: String)]) -> [UInt8] {
        var line: [UInt8] = []
        JSONValue.object([
            ("fetchall-journal", .number(version)),
            ("options", .object(options.map { (key: $0.name, value: .string($0.value)) })),
        ]).append(to: &line)
        line.append(0x0A)
        return line
    }

    /// Parses the first line, without its line break; nil if it is not that of a journal.
    static func readHeader(
        _ line: ArraySlice<UInt8>
    ) -> (version: String, options: [(name: String, value: String)])? {
        guard line.starts(with: magic), case .object(let members)? = try? JSONValue.parse(line),
            case .number(let version)? = members.first?.value
        else { return nil }
        var options: [(name: String, value: String)] = []
        if members.count > 1, case .object(let values) = members[1].value {
            for (key, value) in values {
                if case .string(let text) = value { options.append((key, text)) }
            }
        }
        return (version, options)
    }

    /// Appends a line.
    static func append(_ entry: JournalEntry, to out: inout [UInt8]) {
        out.append(UInt8(ascii: entry.isOK ? "+" : "-"))
        for number in [entry.index, nil, entry.outputEnd, entry.failedEnd] {
            out.append(0x20)
            if let number {
                JSONWriter.integer(number, into: &out)
            } else {
                for shift in stride(from: 60, through: 0, by: -4) {
                    let digit = UInt8(truncatingIfNeeded: entry.fingerprint >> UInt64(shift)) & 0xF
                    out.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
                }
            }
        }
        out.append(0x0A)
    }

    /// Parses a line, without its line break; nil if it is not valid.
    static func read(_ line: ArraySlice<UInt8>) -> JournalEntry? {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].count == 1, let sign = parts[0].first, sign == 0x2B || sign == 0x2D,
            parts[2].count == 16, let index = integer(parts[1]), let fingerprint = hexadecimal(parts[2]),
            fingerprint != 0, let output = integer(parts[3]), let failed = integer(parts[4])
        else { return nil }
        return JournalEntry(
            isOK: sign == 0x2B, index: index, fingerprint: fingerprint, outputEnd: output, failedEnd: failed)
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
