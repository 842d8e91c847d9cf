import FetchHTTP
import FetchScheduling
import FetchSystem
import FetchArgumentParser

/// Parses the values of options; each failure is a sentence with the allowed range.
enum OptionValue {
    static func duration(_ text: String) throws -> Duration {
        try valid(text, Quantity.duration)
    }

    /// A duration of at least one millisecond, or zero for no limit.
    static func timeLimit(_ text: String) throws -> Duration {
        let value = try duration(text)
        guard value == .zero || value >= .milliseconds(1) else {
            throw ValidationError("must be at least 1ms, or 0 for no limit")
        }
        return value
    }

    static func byteSize(_ text: String) throws -> Int {
        try valid(text, Quantity.byteSize)
    }

    static func statusSet(_ text: String) throws -> StatusSet {
        try valid(text, StatusSet.init)
    }

    /// A maximum number of starts in every window of a given length.
    static func rate(_ text: String) throws -> RateLimit {
        let (count, period) = try valid(text, Quantity.rate)
        return RateLimit(maxCalls: count, period: period)
    }

    /// `sha256=HEX`
    static func checksum(_ text: String) throws -> Checksum {
        try valid(text, Checksum.init)
    }

    /// The name of a digest.
    static func digestAlgorithm(_ text: String) throws -> DigestAlgorithm {
        guard let algorithm = DigestAlgorithm(name: text) else {
            throw ValidationError("must be \(DigestAlgorithm.choices)")
        }
        guard algorithm.isAvailable else {
            throw ValidationError("this system's libcrypto does not offer \(algorithm.rawValue)")
        }
        return algorithm
    }

    /// Refuses names that name no file: an empty one, which is an unset variable, and SQLite's `:memory:`.
    static func checkFile(_ name: String?, _ option: String) throws {
        if name == "" { throw ValidationError("\(option) needs a file name") }
        if name == ":memory:" {
            throw ValidationError("\(option): ':memory:' is not a file; a file of that name is ./:memory:")
        }
    }

    /// An integer within a range.
    static func integer(_ range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
        { text in
            guard let value = Int(text), range.contains(value) else {
                throw ValidationError("must be a whole number between \(range.lowerBound) and \(range.upperBound)")
            }
            return value
        }
    }

    private static func valid<Value>(_ text: String, _ read: (String) throws(ParseFailure) -> Value) throws -> Value {
        do throws(ParseFailure) {
            return try read(text)
        } catch {
            throw ValidationError(error.message)
        }
    }
}
