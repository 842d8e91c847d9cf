/// Builds metrics in Prometheus' text format 0.0.4: HELP and TYPE before the samples of a metric, all samples of one metric
/// together, counters that end with `_total`, base units.
///
/// https://prometheus.io/docs/instrumenting/exposition_formats/
package struct MetricsText: Sendable {
    /// The kinds of metrics that a run has.
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// The media type of the format.
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// The text so far.
    package private(set) var bytes: [UInt8] = []

    /// Nothing yet.
    package init() {}

    /// Adds a metric with its samples; none without samples.
    ///
    /// - Parameters:
    ///   - name: Its name, letters and underscores.
    ///   - help: A sentence.
    ///   - samples: The labels and the value of each, the value as a number of the format.
    package mutating func add(
        _ name: String, _ kind: Kind, _ help: String, _ samples: [(labels: [(String, String)], value: String)]
    ) {
        guard !samples.isEmpty else { return }
        begin(name, kind, help)
        for sample in samples { append(name, sample.labels, sample.value) }
    }

    /// Adds a metric with one sample.
    package mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: String) {
        add(name, kind, help, [([], value)])
    }

    /// Adds a histogram of times in seconds.
    package mutating func add(_ name: String, _ help: String, _ times: LatencyCounts) {
        begin(name, .histogram, help)
        var sum = 0
        for (bound, count) in zip(LatencyCounts.bounds, times.buckets) {
            sum += count
            append(name + "_bucket", [("le", Self.seconds(microseconds: bound))], "\(sum)")
        }
        append(name + "_bucket", [("le", "+Inf")], "\(times.count)")
        append(name + "_sum", [], Self.seconds(microseconds: times.sum))
        append(name + "_count", [], "\(times.count)")
    }

    /// Microseconds as decimal seconds without zeros at the end: `0.25`, `30`.
    package static func seconds(microseconds: Int64) -> String {
        let (whole, rest) = max(0, microseconds).quotientAndRemainder(dividingBy: 1_000_000)
        guard rest > 0 else { return "\(whole)" }
        var digits = String(rest)
        digits = String(repeating: "0", count: 6 - digits.utf8.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(whole).\(digits)"
    }

    private mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        bytes += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n".utf8
    }

    private mutating func append(_ name: String, _ labels: [(String, String)], _ value: String) {
        bytes += name.utf8
        if !labels.isEmpty {
            let list = labels.map { "\($0.0)=\"\(Self.escaped($0.1, quotes: true))\"" }
            bytes += "{\(list.joined(separator: ","))}".utf8
        }
        bytes += " \(value)\n".utf8
    }

    /// Backslash and line feed are escaped, in the value of a label the quote too.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
