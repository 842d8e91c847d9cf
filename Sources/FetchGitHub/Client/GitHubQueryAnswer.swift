import FetchHTTP
import FetchSystem

/// The result of a GraphQL request. GraphQL reports nearly everything with the status 200: that a limit is used up,
/// that the query was too expensive, and that one of a hundred users does not exist.
enum GitHubQueryAnswer: Sendable, Equatable {
    /// The result for one login.
    enum Item: Sendable, Equatable {
        /// The user.
        case user(GitHubUser)
        /// No account has that name.
        case missing
        /// An error that would occur again.
        case failed(FetchError)
        /// The server did not process it; a smaller request may succeed.
        case unanswered(FetchError)
    }

    /// A result for each login, in the order of the request.
    case items([Item])
    /// A limit is used up, in the words of the server.
    case limited(String)
    /// The query was too expensive; half of it may succeed.
    case tooLarge(FetchError)
    /// The server does not accept such a query at all.
    case refused(FetchError)

    /// An error of the response (GraphQL October 2021 §7.1.2).
    private struct Problem {
        let type: String
        let message: String
        /// The alias that it refers to.
        let alias: String?

        init(_ value: JSONValue) {
            if case .string(let text)? = value["type"] { type = text } else { type = "" }
            if case .string(let text)? = value["message"] { message = text } else { message = "no message" }
            if case .array(let path)? = value["path"], case .string(let first)? = path.first {
                alias = first
            } else {
                alias = nil
            }
        }

        var isLimit: Bool {
            type == "RATE_LIMITED" || type == "RATE_LIMIT" || GitHubLimitNotice.isSecondary(message)
                || GitHubLimitNotice.isPrimary(message)
        }

        var isOverload: Bool {
            if ["RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED", "EXCESSIVE_PAGINATION"].contains(type) {
                return true
            }
            let text = message.lowercased()
            return ["something went wrong", "timeout", "timed out", "resource limit"]
                .contains { text.contains(text: $0) }
        }

        var error: FetchError {
            let words = TerminalText.fit(message, to: 200)
            return type == "FORBIDDEN" || type == "INSUFFICIENT_SCOPES"
                ? FetchError(.httpStatus, "forbidden: \(words)", curlCode: .httpReturnedError)
                : FetchError(.protocolError, "GraphQL: \(words)")
        }

        /// Whether repeating the request, alone or over REST, is useless.
        var isFinal: Bool { type == "FORBIDDEN" || type == "INSUFFICIENT_SCOPES" }
    }

    /// Parses the body of a response with the status 200.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - count: The number of requested logins.
    /// - Throws: ``FetchError/Kind/unparsable`` with the position and the reason.
    static func parse(_ body: [UInt8], count: Int) throws(FetchError) -> GitHubQueryAnswer {
        let value = try JSONValue.parse(answer: body)
        guard case .object = value else { throw .unparsable("the response is \(value.kindName), not an object") }
        var problems: [Problem] = []
        switch value["errors"] {
        case .array(let list)?: problems = list.map(Problem.init)
        case .null?, nil: break
        case let other?: throw .unparsable("errors is \(other.kindName), not an array")
        }
        if let limit = problems.first(where: \.isLimit) { return .limited(limit.message) }
        guard let data = value["data"], case .object = data else {
            guard let first = problems.first else { throw .unparsable("the response has neither data nor errors") }
            return problems.contains(where: \.isOverload) ? .tooLarge(first.error) : .refused(first.error)
        }
        var items: [Item] = []
        for index in 0..<count { items.append(item("u\(index)", data, problems)) }
        return .items(items)
    }

    private static func item(_ alias: String, _ data: JSONValue, _ problems: [Problem]) -> Item {
        let problem = problems.first { $0.alias == alias }
        switch data[alias] {
        case nil where problem == nil:
            return .failed(.unparsable("the response has no member \(alias)"))
        case nil, .null?:
            guard let problem, problem.type != "NOT_FOUND" else { return .missing }
            return problem.isFinal ? .failed(problem.error) : .unanswered(problem.error)
        case let owner?:
            // A part of it is missing: half a record is worse than another request.
            if let problem { return problem.isFinal ? .failed(problem.error) : .unanswered(problem.error) }
            do throws(FetchError) {
                return .user(try GitHubQuery.user(owner))
            } catch {
                return .failed(error)
            }
        }
    }
}
