/// Turns outcomes into a document. Values in, bytes out: order, buffering and writing are the caller's.
///
/// What ``begin(into:)``, any number of ``append(_:into:)`` and ``end(into:)`` give together is one valid document of
/// the format, also when there was no outcome, or the run was interrupted after any of them.
public protocol Formatter: Sendable {
    /// Appends what stands before the first record.
    mutating func begin(into out: inout [UInt8])
    /// Goes on with a document that has records already, instead of beginning one: ``append(_:into:)`` comes next.
    mutating func resume()
    /// Appends one record.
    mutating func append(_ outcome: Outcome, into out: inout [UInt8])
    /// Appends what stands after the last record.
    mutating func end(into out: inout [UInt8])
}

extension Formatter {
    /// Nothing: each record stands for itself.
    public mutating func resume() {}
}
