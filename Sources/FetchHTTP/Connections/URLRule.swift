/// Which URLs a run may request, redirects included: curl's `--proto` and `--disallow-username-in-url`. What is not
/// allowed is refused where requests are sent, so that no redirect, robots.txt or retry gets around it.
package struct URLRule: Sendable, Hashable {
    /// The schemes of all requests; nil for all that are supported.
    package var schemes: Set<FetchURL.Scheme>?
    /// Whether a URL may contain a user name.
    package var allowsUserName = true

    /// All URLs.
    package init() {}

    /// Why a URL may not be requested; nil if it may.
    package func failure(of url: FetchURL) -> FetchError? {
        if let schemes, !schemes.contains(url.scheme) {
            return FetchError(
                .blockedScheme, "the scheme \(url.scheme.rawValue) is not allowed", curlCode: .unsupportedProtocol)
        }
        if !allowsUserName, url.hasCredentials {
            return FetchError(
                .invalidURL, "the URL has a user name, which is not allowed",
                curlCode: .loginDenied)
        }
        return nil
    }

    /// The schemes of a list of curl: `https`, `=https`, `-http`, `-all,https`, with `+` to add. What is not supported
    /// may be named to leave it out.
    ///
    /// - Returns: The schemes; nil for a list that names a scheme that is not supported, or leaves none.
    package static func schemes(_ list: String) -> Set<FetchURL.Scheme>? {
        var schemes: Set<FetchURL.Scheme> = [.http, .https]
        for item in list.split(separator: ",", omittingEmptySubsequences: false) {
            let sign = item.first.flatMap { "+-=".contains($0) ? $0 : nil }
            let name = (sign == nil ? item : item.dropFirst()).lowercased()
            let isAll = name == "all"
            guard isAll || FetchURL.Scheme(rawValue: name) != nil || sign == "-" && isName(name) else { return nil }
            let named: Set<FetchURL.Scheme> =
                isAll ? [.http, .https] : FetchURL.Scheme(rawValue: name).map { [$0] } ?? []
            switch sign {
            case "-": schemes.subtract(named)
            case "=": schemes = named
            default: schemes.formUnion(named)
            }
        }
        return schemes.isEmpty ? nil : schemes
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
    }
}
