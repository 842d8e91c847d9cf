import FetchHTTP

/// The remaining work, and how it is divided into requests. Pure.
///
/// Users are requested over REST, or in GraphQL batches that get smaller when the server cannot process them. If even
/// one user is too expensive, the rest uses REST, unless the user excluded it.
struct GitHubQueue: Sendable {
    private var pages: [GitHubWork] = []
    private var rest: ArraySlice<Int> = []
    private var batched: ArraySlice<Int> = []
    private let fallsBack: Bool
    /// The number of logins in one GraphQL request.
    private(set) var batchSize = GitHubQuery.limit

    /// Plans the requests for some logins.
    ///
    /// - Parameters:
    ///   - logins: The logins, each once.
    ///   - via: The API; `auto` uses GraphQL if it is allowed and there are several logins.
    ///   - allowsGraphQL: Whether there is a token, and GraphQL has all requested fields.
    init(_ logins: [GitHubLogin], via: GitHubVia, allowsGraphQL: Bool) {
        fallsBack = via == .auto
        switch via {
        case .rest: rest = Array(logins.indices)[...]
        case .graphql: batched = Array(logins.indices)[...]
        case .auto:
            let bots = logins.indices.filter { logins[$0].isBot }
            let others = logins.indices.filter { !logins[$0].isBot }
            if allowsGraphQL, others.count > 1 {
                rest = bots[...]
                batched = others[...]
            } else {
                rest = Array(logins.indices)[...]
            }
        }
    }

    /// The next request, without removing it.
    var next: GitHubWork? {
        if let page = pages.first { return page }
        if !batched.isEmpty { return .users(Array(batched.prefix(batchSize))) }
        return rest.first.map { .user($0) }
    }

    /// The number of remaining requests for users.
    var requestCount: (core: Int, graphql: Int) {
        (rest.count + pages.count, (batched.count + batchSize - 1) / batchSize)
    }

    /// Removes the next request.
    mutating func removeNext() {
        if !pages.isEmpty {
            pages.removeFirst()
        } else if !batched.isEmpty {
            batched = batched.dropFirst(batchSize)
        } else {
            rest = rest.dropFirst()
        }
    }

    /// Adds the request of a page.
    mutating func add(page: FetchURL?, of target: Int) { pages.append(.page(target, page)) }

    /// Puts back a request without a response; it comes before all others of its kind.
    mutating func putBack(_ work: GitHubWork) {
        switch work {
        case .budget: break
        case .user(let target): rest = ([target] + rest)[...]
        case .users(let targets): batched = (targets + batched)[...]
        case .page: pages.insert(work, at: 0)
        }
    }

    /// Requests a batch again in smaller ones, because it was too large or not all of it was processed.
    ///
    /// - Parameters:
    ///   - targets: The logins without a result.
    ///   - size: The number of logins in the request.
    /// - Returns: False if there is no smaller request; nothing is put back then.
    mutating func shrink(_ targets: [Int], from size: Int) -> Bool {
        guard size > 1 else { return useREST(targets) }
        // Several batches of one size may fail: the size is halved once.
        batchSize = min(batchSize, max(1, size / 2))
        batched = (targets + batched)[...]
        return true
    }

    /// Stops using GraphQL.
    ///
    /// - Returns: False if REST is excluded; nothing is put back then.
    mutating func useREST(_ targets: [Int]) -> Bool {
        guard fallsBack else { return false }
        rest = (targets + batched + rest)[...]
        batched = []
        return true
    }

    /// Requests some logins over REST, and continues with GraphQL for the others.
    ///
    /// - Returns: False if REST is excluded; nothing is put back then.
    mutating func useREST(only targets: [Int]) -> Bool {
        guard fallsBack else { return false }
        rest = (targets + rest)[...]
        return true
    }

    /// Drops the pages of one user's list.
    mutating func removePages(of target: Int) { pages.removeAll { $0.targets == [target] } }

    /// Drops everything.
    mutating func removeAll() {
        pages = []
        rest = []
        batched = []
    }
}
