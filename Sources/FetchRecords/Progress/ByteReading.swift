import FetchSystem

/// What a display shows about bytes at one moment. Bytes are those of this run; only a row counts what an earlier one left.
package struct ByteReading: Sendable, Hashable {
    /// A large body in flight.
    package struct Row: Sendable, Hashable {
        /// Its name, safe for a terminal.
        package var name: String
        /// The bytes that are there, with those of earlier transfers.
        package var received: Int
        /// All bytes; nil if the length is not known.
        package var total: Int?
        /// The bytes of them that earlier transfers left.
        package var resumedFrom = 0
        /// The bytes per second.
        package var perSecond: Double

        /// A row.
        package init(name: String, received: Int, total: Int?, resumedFrom: Int = 0, perSecond: Double) {
            self.name = name
            self.received = received
            self.total = total
            self.resumedFrom = resumedFrom
            self.perSecond = perSecond
        }

        /// The seconds until it is complete; nil if that is not known.
        var secondsLeft: Double? { ByteReading.secondsLeft(received, total, perSecond) }
    }

    /// The bytes of all bodies so far.
    package var received: Int
    /// The bytes of all bodies at the end; nil if that is not known.
    package var expected: Int?
    /// Whether they were estimated, because not all lengths are known yet.
    package var isEstimated: Bool
    /// The bytes per second of the last seconds.
    package var perSecond: Double
    /// The large bodies in flight, those that began first at the top.
    package var rows: [Row]
    /// Whether the progress line counts bytes: where bodies are saved, and elsewhere once a body was large.
    package var countsBytes: Bool

    /// A reading.
    package init(
        received: Int, expected: Int?, isEstimated: Bool = false, perSecond: Double, rows: [Row] = [],
        countsBytes: Bool = true
    ) {
        self.received = received
        self.expected = expected
        self.isEstimated = isEstimated
        self.perSecond = perSecond
        self.rows = rows
        self.countsBytes = countsBytes
    }

    /// The seconds until everything is there; nil if that is not known.
    package var secondsLeft: Double? { Self.secondsLeft(received, expected, perSecond) }

    /// `148 of 560 MB`; a total that is estimated has a `~`.
    var amount: String {
        guard let expected, expected > 0 else { return HumanText.size(received) }
        let total = HumanText.size(expected)
        var have = HumanText.size(min(received, expected))
        let unit = total.drop { $0 != " " }
        if have.hasSuffix(unit) { have.removeLast(unit.count) }
        return "\(have) of \(isEstimated ? "~" : "")\(total)"
    }

    /// `26 %`; nil if the total is not known.
    var percent: String? {
        guard let expected, expected > 0 else { return nil }
        return Self.percent(received, of: expected)
    }

    /// `18.9 MB/s`.
    var rate: String { Self.rate(perSecond) }

    /// `26 %`, rounded down: 100 % is only what is complete.
    static func percent(_ received: Int, of total: Int) -> String {
        "\(total > 0 ? Int(Double(max(0, min(received, total))) / Double(total) * 100) : 100) %"
    }

    /// `18.9 MB/s`.
    static func rate(_ perSecond: Double) -> String {
        HumanText.size(Int(exactly: perSecond.rounded()) ?? 0) + "/s"
    }

    private static func secondsLeft(_ received: Int, _ total: Int?, _ perSecond: Double) -> Double? {
        guard let total, total > received, perSecond > 0 else { return nil }
        return Double(total - received) / perSecond
    }
}
