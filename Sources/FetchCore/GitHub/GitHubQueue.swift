/// What is left to ask for, and in which portions. Pure.
///
/// Users come by REST, or in GraphQL batches that get smaller when the server cannot cope with them. Where even one user
/// is too much for it, the rest go by REST, unless that was ruled out.
struct GitHubQueue: Sendable {
    private var pages: [GitHubWork] = []
    private var rest: ArraySlice<Int> = []
    private var batched: ArraySlice<Int> = []
    private let fallsBack: Bool
    /// Logins in one GraphQL request.
    private(set) var batchSize = GitHubQuery.limit

    /// Plans for some logins.
    ///
    /// - Parameters:
    ///   - logins: Each of them once.
    ///   - via: How; `auto` takes GraphQL where it is allowed and there are several logins.
    ///   - allowsGraphQL: Whether there is a token, and GraphQL can answer what is wanted.
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

    /// What comes next, without taking it.
    var next: GitHubWork? {
        if let page = pages.first { return page }
        if !batched.isEmpty { return .users(Array(batched.prefix(batchSize))) }
        return rest.first.map { .user($0) }
    }

    /// How many requests are left to send for users.
    var requestCount: (core: Int, graphql: Int) {
        (rest.count + pages.count, (batched.count + batchSize - 1) / batchSize)
    }

    /// Takes what comes next.
    mutating func removeNext() {
        if !pages.isEmpty {
            pages.removeFirst()
        } else if !batched.isEmpty {
            batched = batched.dropFirst(batchSize)
        } else {
            rest = rest.dropFirst()
        }
    }

    /// Asks for a page.
    mutating func add(page: FetchURL?, of target: Int) { pages.append(.page(target, page)) }

    /// Puts a request back that was not answered; it comes before all others of its kind.
    mutating func putBack(_ work: GitHubWork) {
        switch work {
        case .budget: break
        case .user(let target): rest = ([target] + rest)[...]
        case .users(let targets): batched = (targets + batched)[...]
        case .page: pages.insert(work, at: 0)
        }
    }

    /// A batch was too large, or not all of it was answered: asks again in smaller ones.
    ///
    /// - Parameters:
    ///   - targets: Those without an answer.
    ///   - size: How many were in the request.
    /// - Returns: False when there is no smaller way; nothing is put back then.
    mutating func shrink(_ targets: [Int], from size: Int) -> Bool {
        guard size > 1 else { return useREST(targets) }
        // Several batches may come back from one size: it is halved once.
        batchSize = min(batchSize, max(1, size / 2))
        batched = (targets + batched)[...]
        return true
    }

    /// Gives GraphQL up.
    ///
    /// - Returns: False when REST was ruled out; nothing is put back then.
    mutating func useREST(_ targets: [Int]) -> Bool {
        guard fallsBack else { return false }
        rest = (targets + batched + rest)[...]
        batched = []
        return true
    }

    /// Asks for a few by REST, and goes on with GraphQL for the others.
    ///
    /// - Returns: False when REST was ruled out; nothing is put back then.
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
