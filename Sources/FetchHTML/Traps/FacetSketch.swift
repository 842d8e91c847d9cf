/// The parameters of one path: whether its URLs are combinations of a few values.
///
/// A shop combines colours, sizes and prices without end, and each of them has few values. A forum numbers its threads
/// and pages (`?f=2&t=4567&start=20`): one of the parameters has many values. More than n combinations of values of which
/// no parameter has more than √n need at least three parameters that vary independently.
struct FacetSketch: Sendable {
    /// The number of URLs since the last decision.
    private(set) var count = 0
    /// Whether they have become too many.
    private(set) var isEndless = false
    /// Whether a parameter has many values.
    private var isNumbered = false
    /// The hashes of the values of each parameter.
    private var values: [UInt64: Set<UInt64>] = [:]

    /// The number of stored values.
    var size: Int { values.values.reduce(0) { $0 + $1.count } }

    /// Counts a URL.
    ///
    /// - Parameters:
    ///   - parameters: The hashes of the names and values.
    ///   - limit: The maximum number of combinations.
    /// - Returns: Whether they have become too many now.
    mutating func add(_ parameters: [(name: UInt64, value: UInt64)], limit: Int) -> Bool {
        guard !isEndless else { return false }
        count += 1
        if !isNumbered {
            let most = Int(Double(limit).squareRoot())
            for parameter in parameters {
                values[parameter.name, default: []].insert(parameter.value)
                if values[parameter.name, default: []].count > most { isNumbered = true }
            }
            if isNumbered { values.removeAll() }
        }
        guard count > limit else { return false }
        let isEndless = !isNumbered
        self = FacetSketch()
        self.isEndless = isEndless
        return isEndless
    }
}
