/// A number of bytes, written as curl's options have it: `10k`, `5M`, `1.5G`, or bare bytes; k is 1,024.
public struct ByteSize: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// How many bytes.
    public let bytes: Int

    /// Makes a size.
    public init(bytes: Int) { self.bytes = bytes }

    /// Reads a size; letters in either case as curl has them.
    ///
    /// - Parameters:
    ///   - text: What the user wrote.
    ///   - range: Which sizes are accepted.
    public init(
        parsing text: some StringProtocol,
        in range: ClosedRange<ByteSize> = ByteSize(bytes: 0)...ByteSize(bytes: 1 << 53)
    ) throws(ParseFailure) {
        guard let number = DecimalQuantity(text), let shift = Self.shift(of: number.unit) else {
            throw ParseFailure("not a size: \(ParseFailure.quoted(text)); write bytes, 10k, 5M or 1.5G (k is 1024)")
        }
        let value = number.times(1 << shift) / DecimalQuantity.scale
        guard number.value >= 0, value >= Int128(range.lowerBound.bytes), value <= Int128(range.upperBound.bytes),
            let bytes = Int(exactly: value)
        else { throw Quantity.outOfRange("\(range.lowerBound)", "\(range.upperBound)", text) }
        self.bytes = bytes
    }

    /// Smaller means fewer bytes.
    public static func < (left: ByteSize, right: ByteSize) -> Bool { left.bytes < right.bytes }

    /// In the largest unit that needs no point: `16M`, `1500`.
    public var description: String {
        for (letter, shift) in [("P", 50), ("T", 40), ("G", 30), ("M", 20), ("k", 10)]
        where bytes != 0 && bytes.isMultiple(of: 1 << shift) {
            return "\(bytes >> shift)\(letter)"
        }
        return "\(bytes)"
    }

    private static func shift(of unit: Substring) -> Int? {
        switch unit {
        case "": 0
        case "k", "K": 10
        case "m", "M": 20
        case "g", "G": 30
        case "t", "T": 40
        case "p", "P": 50
        default: nil
        }
    }
}
