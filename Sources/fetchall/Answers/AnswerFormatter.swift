import FetchHTTP
import FetchRecords

/// Writes no records: the answers themselves are written (``AnswerWriter``).
struct AnswerFormatter: Formatter {
    mutating func begin(into out: inout [UInt8]) {}
    mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {}
    mutating func end(into out: inout [UInt8]) {}
}
