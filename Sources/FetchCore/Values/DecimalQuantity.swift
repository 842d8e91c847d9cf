/// A decimal number and what stands behind it, as `1.5` and `s` in `1.5s`.
///
/// It is kept in whole steps of 10⁻¹⁸ and stops at the largest of them, so that no number, however long, can trap; the
/// ranges of the options are far below.
struct DecimalQuantity {
    /// Steps of 10⁻¹⁸ in one.
    static let scale: Int128 = 1_000_000_000_000_000_000

    /// The number in steps of 10⁻¹⁸; `Int128.max` or `.min` if it is larger than all we can hold.
    let value: Int128
    /// What follows the number: a unit, or nothing.
    let unit: Substring

    /// Reads digits with an optional sign and fraction; nil if there is no number (`inf`, `nan`, `+1`, nothing).
    init?(_ text: some StringProtocol) {
        var rest = Substring(text)
        let isNegative = rest.utf8.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }

        let whole = rest.prefix(while: Self.isDigit)
        rest = rest[whole.endIndex...]
        var fraction = rest[rest.startIndex..<rest.startIndex]
        if rest.utf8.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: Self.isDigit)
            rest = rest[fraction.endIndex...]
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }

        var value: Int128 = 0
        for digit in whole.utf8 {
            value = Self.saturating(value.multipliedReportingOverflow(by: 10))
            value = Self.saturating(value.addingReportingOverflow(Int128(digit &- 0x30)))
        }
        value = Self.saturating(value.multipliedReportingOverflow(by: Self.scale))
        var step = Self.scale / 10
        for digit in fraction.utf8.prefix(18) {
            value = Self.saturating(value.addingReportingOverflow(Int128(digit &- 0x30) * step))
            step /= 10
        }
        self.value = isNegative ? -value : value
        unit = rest
    }

    /// The number times the worth of its unit, at most what there is room for.
    func times(_ factor: Int128) -> Int128 {
        let (product, overflow) = value.multipliedReportingOverflow(by: factor)
        guard overflow else { return product }
        return value < 0 ? .min : .max
    }

    private static func saturating(_ result: (partialValue: Int128, overflow: Bool)) -> Int128 {
        result.overflow ? .max : result.partialValue
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
}
