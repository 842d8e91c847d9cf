import ArgumentParser
import FetchCore

/// Reads the values of options: each failure is a sentence with the range that is allowed.
enum OptionValue {
    static func duration(_ text: String) throws -> Duration { try valid { () throws(ParseFailure) in try Quantity.duration(text) } }

    /// A duration of at least a millisecond.
    static func timeLimit(_ text: String) throws -> Duration {
        let value = try duration(text)
        guard value >= .milliseconds(1) else { throw ValidationError("must be at least 1ms") }
        return value
    }

    static func byteSize(_ text: String) throws -> Int { try valid { () throws(ParseFailure) in try Quantity.byteSize(text) } }

    static func statusSet(_ text: String) throws -> StatusSet { try valid { () throws(ParseFailure) in try StatusSet(text) } }

    /// A whole number in a range.
    static func integer(_ range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
        { text in
            guard let value = Int(text), range.contains(value) else {
                throw ValidationError("must be a whole number between \(range.lowerBound) and \(range.upperBound)")
            }
            return value
        }
    }

    private static func valid<Value>(_ read: () throws(ParseFailure) -> Value) throws -> Value {
        do {
            return try read()
        } catch {
            throw ValidationError(error.message)
        }
    }
}
