/// Failures grouped by their kind and host, with an example of each. The number of groups is bounded.
struct ErrorGroups: Sendable {
    /// What a group has in common.
    struct Key: Sendable, Hashable {
        /// The kind of the error, as a slug.
        let kind: String
        /// The status, where that is the failure.
        let status: Int?
        /// Empty where there is none.
        let host: String

        /// `http-status 404`
        var label: String { status.map { "\(kind) \($0)" } ?? kind }
    }

    /// A group.
    struct Group: Sendable {
        let key: Key
        var count: Int
        /// The URL and the message of its first record.
        let example: String
        let message: String
    }

    /// The maximum number of groups; what comes later counts as others.
    static let limit = 10_000

    private var groups: [Key: Group] = [:]
    /// The number of failures in no group.
    private(set) var others = 0

    /// Counts a failure.
    mutating func add(_ row: ReportRow) {
        let kind = row.kind ?? "unknown"
        let key = Key(kind: kind, status: kind == "http-status" ? row.status : nil, host: row.host)
        if groups[key] != nil {
            groups[key]?.count += 1
        } else if groups.count < Self.limit {
            groups[key] = Group(key: key, count: 1, example: row.url, message: row.message ?? "")
        } else {
            others += 1
        }
    }

    /// The groups, the largest first.
    var sorted: [Group] {
        groups.values.sorted {
            ($1.count, $0.key.label, $0.key.host) < ($0.count, $1.key.label, $1.key.host)
        }
    }
}
