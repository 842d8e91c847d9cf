import FetchHTTP

/// Makes the requests of a crawl: the user's headers go to the seeds' origins, credentials among them to the first seed's
/// only, and nothing that may be a secret to others. What the user gave for a certain host goes there.
struct CrawlRequestRule: Sendable {
    private let harmless: HeaderFields
    /// The fields for each seed's origin.
    private let fields: [Origin: HeaderFields]
    /// Decides about other origins; nil if they all get the same.
    private let others: CredentialScope?
    private let needsOrigin: Bool

    init(_ options: CrawlOptions) {
        let scope = options.credentials
        harmless = scope.fields.keeping { RedirectPolicy.isHarmless($0) }
        let home = options.seeds.first?.origin
        var fields: [Origin: HeaderFields] = [:]
        for seed in options.seeds where seed.hasCredentials || fields[seed.origin] == nil {
            var own = scope.fields(for: seed, home: home)
            if seed.hasCredentials, !own.decides("authorization") {
                own.append("Authorization", Credentials(userinfoOf: seed).basic)
            }
            fields[seed.origin] = own
        }
        self.fields = fields
        // What a file has for a host is for the seeds: a page elsewhere must not choose where it goes.
        let rules = scope.rules.filter { !$0.isDefault }
        others = rules.isEmpty ? nil : CredentialScope(harmless, rules: rules)
        needsOrigin = fields.values.contains { !$0.isEmpty }
    }

    /// The input for a URL.
    func input(for url: FetchURL, method: String = "GET") -> Input {
        let own = needsOrigin ? fields[url.origin] : nil
        let headers = own ?? others?.fields(for: url, home: nil) ?? harmless
        return Input(
            index: 0, text: url.href, request: .success(Request(url, method: method, headers: headers)))
    }
}
