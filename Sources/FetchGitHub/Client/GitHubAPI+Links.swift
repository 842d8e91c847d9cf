package import FetchHTTP
import FetchSystem

/// Links to github.com, which the API judges: it has limits of its own, and knows what the token's owner may see.
extension GitHubAPI {
    /// The request that finds what a URL of github.com leads to: a repository, one of its issues or its pull requests.
    ///
    /// - Returns: Nil for any other URL. What is found exists; of what is not found the URL itself must be asked, because a
    ///   path such as `/topics/swift` looks like a repository.
    package func request(forLink url: FetchURL) -> Request? {
        guard url.host == "github.com" || url.host == "www.github.com", url.port == nil, url.query == nil else {
            return nil
        }
        let path = url.path.split(separator: "/", omittingEmptySubsequences: true)
        guard path.count >= 2, path[..<2].allSatisfy(Self.isName) else { return nil }
        let repository = "/repos/\(path[0])/\(path[1])"
        switch path.count {
        case 2: return try? get(repository).get()
        case 4 where path[2] == "issues" && Self.isNumber(path[3]):
            return try? get("\(repository)/issues/\(path[3])").get()
        case 4 where path[2] == "pull" && Self.isNumber(path[3]):
            return try? get("\(repository)/pulls/\(path[3])").get()
        default: return nil
        }
    }

    /// Whether a segment of a path is a name as GitHub gives them out, so that it needs no encoding.
    private static func isName(_ text: Substring) -> Bool {
        text != "." && text != ".."
            && text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "-_.".utf8.contains($0) }
    }

    private static func isNumber(_ text: Substring) -> Bool { text.utf8.allSatisfy(\.isASCIIDigit) }
}
