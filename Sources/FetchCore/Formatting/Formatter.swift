/// Turns outcomes into a document. Values in, bytes out: order, buffering and writing are the caller's.
///
/// What ``begin(into:)``, any number of ``append(_:into:)`` and ``end(into:)`` give together is one valid document of
/// the format, also when there was no outcome, or the run was interrupted after any of them.
public protocol Formatter: Sendable {
    /// Makes ready. It is called once, before anything is sent, on the thread that calls the others.
    ///
    /// - Throws: A sentence for people: nothing will be sent.
    mutating func prepare() throws(InputFailure)
    /// Appends what stands before the first record.
    mutating func begin(into out: inout [UInt8])
    /// Goes on with a document that has records already, instead of beginning one: ``append(_:into:)`` comes next.
    mutating func resume()
    /// Appends one record.
    mutating func append(_ outcome: Outcome, into out: inout [UInt8])
    /// Appends what stands after the last record.
    mutating func end(into out: inout [UInt8])
    /// What went wrong with documents since the last call, a sentence each; the run goes on and does not end well.
    mutating func takeProblems() -> [String]
}

extension Formatter {
    /// Does nothing.
    public mutating func prepare() throws(InputFailure) {}
    /// Nothing goes wrong.
    public mutating func takeProblems() -> [String] { [] }
}

extension Formatter {
    /// Nothing: each record stands for itself.
    public mutating func resume() {}
}
