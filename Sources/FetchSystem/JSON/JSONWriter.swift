/// Appends JSON tokens to bytes. It does not know the structure: commas and braces are the caller's.
///
/// Every record passes through it, so it makes no String and copies runs of plain ASCII whole.
public enum JSONWriter {
    /// Bytes of a literal, copied unchanged: names of members, braces, `null`.
    @inlinable @inline(__always)
    public static func raw<Out: ByteSink & ~Copyable>(_ literal: StaticString, into out: inout Out) {
        out.append(literal)
    }

    /// The name in `,"name":`.
    public static func bareName(_ member: StaticString) -> [UInt8] {
        member.withUTF8Buffer { Array($0.dropFirst(2).dropLast(2)) }
    }

    /// A string in quotes, escaped.
    @inlinable
    public static func string<Out: ByteSink & ~Copyable>(_ text: String, into out: inout Out) {
        if text.utf8.withContiguousStorageIfAvailable({ string(utf8: $0, into: &out) }) != nil { return }
        // A string that is not stored as UTF-8 (bridged on Darwin) is converted first.
        var text = text
        text.withUTF8 { string(utf8: $0, into: &out) }
    }

    /// Bytes as a string in quotes, escaped; bytes that are not UTF-8 become U+FFFD.
    @inlinable
    public static func string<Out: ByteSink & ~Copyable>(utf8 bytes: UnsafeBufferPointer<UInt8>, into out: inout Out) {
        out.append(UInt8(ascii: "\""))
        var runStart = 0
        var index = 0
        while index < bytes.count {
            index = plainEnd(bytes, from: index)
            guard index < bytes.count else { break }
            let step = scalar(bytes, at: index)
            if let scalar = step.scalar, !mustEscape(scalar) {
                index += step.length
                continue
            }
            if index > runStart { out.append(copying: UnsafeBufferPointer(rebasing: bytes[runStart..<index])) }
            if let scalar = step.scalar {
                appendEscape(scalar, into: &out)
            } else {
                raw("\u{FFFD}", into: &out)
            }
            index += step.length
            runStart = index
        }
        if runStart < bytes.count { out.append(copying: UnsafeBufferPointer(rebasing: bytes[runStart...])) }
        out.append(UInt8(ascii: "\""))
    }

    /// The end of the run of plain ASCII that begins at an index.
    @usableFromInline
    static func plainEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        PlainRun.end(in: bytes, from: start)
    }

    /// The character at an index and the number of its bytes; no character where the bytes are not UTF-8.
    @usableFromInline
    static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (scalar: UInt32?, length: Int) {
        let step = UTF8Decoding.step(bytes, at: index)
        return (step.scalar, step.length)
    }

    /// A string in quotes, or `null`.
    @inlinable @inline(__always)
    public static func string<Out: ByteSink & ~Copyable>(_ text: String?, into out: inout Out) {
        if let text { string(text, into: &out) } else { null(into: &out) }
    }

    /// Whether a character is always escaped in our output: JSON forbids it, a terminal would interpret it, or (U+2028,
    /// U+2029) some readers take it for the end of a line.
    @inlinable
    static func mustEscape(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0..<0x20, 0x22, 0x5C, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// The escape of a character below U+10000.
    @inlinable
    static func appendEscape<Out: ByteSink & ~Copyable>(_ scalar: UInt32, into out: inout Out) {
        switch scalar {
        case 0x22: raw("\\\"", into: &out)
        case 0x5C: raw("\\\\", into: &out)
        case 0x0A: raw("\\n", into: &out)
        case 0x0D: raw("\\r", into: &out)
        case 0x09: raw("\\t", into: &out)
        default:
            raw("\\u", into: &out)
            for shift in [UInt32(12), 8, 4, 0] { out.append(hexDigits[Int(scalar >> shift & 0xF)]) }
        }
    }

    /// An integer.
    @inlinable
    public static func integer<Out: ByteSink & ~Copyable>(_ value: some FixedWidthInteger, into out: inout Out) {
        if value < 0 { out.append(UInt8(ascii: "-")) }
        out.append(decimal: UInt64(clamping: value.magnitude))
    }

    /// An integer, or `null`.
    @inlinable @inline(__always)
    public static func integer<Out: ByteSink & ~Copyable>(_ value: (some FixedWidthInteger)?, into out: inout Out) {
        if let value { integer(value, into: &out) } else { null(into: &out) }
    }

    /// `true` or `false`.
    @inlinable
    public static func bool<Out: ByteSink & ~Copyable>(_ value: Bool, into out: inout Out) {
        if value { raw("true", into: &out) } else { raw("false", into: &out) }
    }

    /// `null`.
    @inlinable
    public static func null<Out: ByteSink & ~Copyable>(into out: inout Out) { raw("null", into: &out) }

    /// Decimal seconds with up to six decimals, never with an exponent: `0.0`, `1.25`, `0.000102`.
    @inlinable
    static func seconds<Out: ByteSink & ~Copyable>(_ duration: Duration, into out: inout Out) {
        seconds(microseconds: duration.microseconds, into: &out)
    }

    /// Microseconds as decimal seconds. It is inlined because half of the values are zero.
    @inlinable @inline(__always)
    public static func seconds<Out: ByteSink & ~Copyable>(microseconds: Int64, into out: inout Out) {
        // A reused connection takes no time for name lookup, connect and TLS.
        if microseconds == 0 { return raw("0.0", into: &out) }
        seconds(microseconds, isPadded: false, into: &out)
    }

    /// Decimal seconds, or `null`.
    @inlinable
    public static func seconds<Out: ByteSink & ~Copyable>(_ duration: Duration?, into out: inout Out) {
        if let duration { seconds(duration, into: &out) } else { null(into: &out) }
    }

    /// Decimal seconds with all six decimals, as in curl's `--write-out`: `0.001020`.
    @inlinable
    public static func paddedSeconds<Out: ByteSink & ~Copyable>(_ duration: Duration, into out: inout Out) {
        seconds(duration.microseconds, isPadded: true, into: &out)
    }

    @inlinable
    static func seconds<Out: ByteSink & ~Copyable>(_ value: Int64, isPadded: Bool, into out: inout Out) {
        if value < 0 { out.append(UInt8(ascii: "-")) }
        let (whole, fraction) = value.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        if whole == 0 {
            raw("0.", into: &out)
        } else {
            integer(whole, into: &out)
            out.append(UInt8(ascii: "."))
        }
        var rest = fraction
        var width = 6
        while !isPadded, width > 1, rest % 10 == 0 {
            rest /= 10
            width -= 1
        }
        out.append(decimal: rest, width: width)
    }

    /// The bytes in base64 (RFC 4648 §4, padded), without quotes.
    public static func base64(_ bytes: [UInt8], into out: inout [UInt8]) { Base64.append(bytes, to: &out) }

    @usableFromInline static let hexDigits = Array("0123456789abcdef".utf8)
}

extension Duration {
    /// Whole microseconds, truncated; a value that does not fit becomes the largest one that does.
    @inlinable public var microseconds: Int64 {
        let attoseconds = self.attoseconds
        // Nearly every duration is below 9 s and fits 64 bits, where the division costs a tenth.
        if let small = Int64(exactly: attoseconds) { return small / 1_000_000_000_000 }
        return Int64(clamping: attoseconds / 1_000_000_000_000)
    }
}
