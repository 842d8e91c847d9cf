package import FetchHTTP
package import FetchSystem

/// Receives the fields of a record, one call for each.
///
/// JSON, CSV and TSV have the same fields in the same order because they are sinks of the one list in
/// `Outcome.visitFields(_:into:)`. A name is passed in its JSON form with comma and colon (`,"url":`), so that it costs
/// one copy per record; see ``JSONWriter/bareName(_:)``.
package protocol RecordSink {
    /// A text of any origin.
    mutating func text<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: String?, into out: inout Out)
    /// A number.
    mutating func integer<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Int?, into out: inout Out)
    /// A Boolean.
    mutating func bool<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Bool, into out: inout Out)
    /// A duration in microseconds, written in seconds.
    mutating func seconds<Out: ByteSink & ~Copyable>(_ name: StaticString, microseconds: Int64?, into out: inout Out)
    /// A point in time, in milliseconds since 1970.
    mutating func timestamp<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Int64?, into out: inout Out)
    /// Why the record is not ok.
    mutating func error<Out: ByteSink & ~Copyable>(_ value: FetchError?, into out: inout Out)
}
