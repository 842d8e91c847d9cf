import FetchHTTP

/// Makes the requests of a crawl: the user's headers and credentials go to the seeds' origins, and nothing that may be
/// a secret to others.
struct CrawlRequestRule: Sendable {
    private let headers: HeaderFields
    private let harmless: HeaderFields
    private let origins: Set<Origin>
    private let authorizations: [Origin: String]

    init(_ options: CrawlOptions) {
        headers = options.headers
        harmless = options.headers.keeping { RedirectPolicy.isHarmless($0) }
        origins = Set(options.seeds.map(\.origin))
        var authorizations: [Origin: String] = [:]
        if !options.headers.decides("authorization") {
            for seed in options.seeds where seed.hasCredentials {
                authorizations[seed.origin] = Credentials(userinfoOf: seed).basic
            }
        }
        self.authorizations = authorizations
    }

    /// The input for a URL.
    func input(for url: FetchURL, method: String = "GET") -> Input {
        let origin = headers.isEmpty && authorizations.isEmpty ? nil : url.origin
        var fields = harmless
        if let origin, origins.contains(origin) {
            fields = headers
            if let authorization = authorizations[origin] { fields.append("Authorization", authorization) }
        }
        return Input(
            index: 0, text: url.href, request: .success(Request(url, method: method, headers: fields)))
    }
}
