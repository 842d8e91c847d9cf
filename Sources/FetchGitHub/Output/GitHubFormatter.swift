package import FetchRecords

/// Formats records of users as a document.
package protocol GitHubFormatter: DocumentFormatter {
    /// Appends one record.
    mutating func append(_ record: GitHubRecord, into out: inout [UInt8])
}

extension JQFormatter: GitHubFormatter where Inner: GitHubFormatter {
    /// Appends one record.
    package mutating func append(_ record: GitHubRecord, into out: inout [UInt8]) {
        append(into: &out) { $0.append(record, into: &$1) }
    }
}
