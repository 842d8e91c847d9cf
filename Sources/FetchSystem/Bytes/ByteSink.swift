/// The destination of a document's bytes: an array, or the ``ByteBuffer`` in which a record is built.
public protocol ByteSink: ~Copyable {
    /// The bytes written so far.
    var count: Int { get }
    /// Appends a byte.
    mutating func append(_ byte: UInt8)
    /// Appends bytes.
    mutating func append(copying bytes: UnsafeBufferPointer<UInt8>)
    /// Appends bytes of a literal.
    mutating func append(_ literal: StaticString)
    /// Appends a number in decimal digits.
    mutating func append(decimal value: UInt64)
    /// Appends the last digits of a number, padded with zeros to a count.
    mutating func append(decimal value: UInt64, width: Int)
}

extension [UInt8]: ByteSink {
    /// Appends bytes.
    public mutating func append(copying bytes: UnsafeBufferPointer<UInt8>) { append(contentsOf: bytes) }

    /// Appends bytes of a literal.
    public mutating func append(_ literal: StaticString) { literal.withUTF8Buffer { append(contentsOf: $0) } }

    /// Appends a number in decimal digits.
    public mutating func append(decimal value: UInt64) {
        if value >= 10 { append(decimal: value / 10) }
        append(UInt8(truncatingIfNeeded: value % 10) + UInt8(ascii: "0"))
    }

    /// Appends the last digits of a number, padded with zeros to a count.
    public mutating func append(decimal value: UInt64, width: Int) {
        if width > 1 { append(decimal: value / 10, width: width - 1) }
        append(UInt8(truncatingIfNeeded: value % 10) + UInt8(ascii: "0"))
    }
}

extension ByteSink where Self: ~Copyable {
    /// Appends a text as UTF-8.
    @inlinable @inline(__always)
    public mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(copying: $0) }
    }
}
