/// Why a URL was found but not fetched. The raw value is stored.
public enum SkipReason: Int, Sendable, Hashable, CaseIterable {
    case scope = 1
    case depth = 2
    case budget = 3
    case robots = 4
    case duplicate = 5
    case trap = 6
    case nofollow = 7

    /// The word for it in records.
    public var slug: String {
        switch self {
        case .scope: "scope"
        case .depth: "depth"
        case .budget: "budget"
        case .robots: "robots"
        case .duplicate: "duplicate"
        case .trap: "trap"
        case .nofollow: "nofollow"
        }
    }
}
