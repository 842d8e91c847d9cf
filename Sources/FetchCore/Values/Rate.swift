/// A limit as `--rate` has it: at most so many starts in every window of so long.
///
/// The grammar is curl's, `N/U` with the units s, m, h and d and a number before the unit if wanted: `5/s`, `100/m`,
/// `5/15s`. A bare `N` means "an hour" to curl and "a second" to nearly everybody else, so it is refused.
public struct Rate: Sendable, Hashable, CustomStringConvertible {
    /// How many starts.
    public let count: Int
    /// In every stretch of this length.
    public let window: Duration

    /// Makes a rate.
    public init(count: Int, window: Duration) {
        self.count = count
        self.window = window
    }

    /// Reads `N/U`.
    public init(parsing text: some StringProtocol) throws(ParseFailure) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 1, DecimalQuantity(text)?.unit.isEmpty == true {
            throw ParseFailure("a rate needs a unit: write \(text.prefix(20))/s or \(text.prefix(20))/m")
        }
        guard parts.count == 2, let unit = parts[1].last, "smhd".contains(unit) else {
            throw ParseFailure("not a rate: \(ParseFailure.quoted(text)); write 5/s, 100/m, 5/15s")
        }
        let length = parts[1].dropLast()
        do {
            count = try Quantity.integer(parts[0], in: 1...1_000_000)
            let number = length.isEmpty ? 1 : try Quantity.integer(length, in: 1...1_000_000)
            window = try Quantity.duration("\(number)\(unit)", in: .seconds(1) ... .seconds(365 * 86_400))
        } catch {
            throw ParseFailure("not a rate: \(ParseFailure.quoted(text)): \(error.message)")
        }
    }

    /// `5/15s`.
    public var description: String { "\(count)/\(Quantity.text(window))" }
}
