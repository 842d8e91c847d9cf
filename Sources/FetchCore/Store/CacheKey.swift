/// Where a response is kept: digests of what it answers. Neither a URL, which may hold a token, nor a secret is in them.
struct CacheKey: Sendable, Hashable {
    /// Of the URL as it is sent.
    var url: Digest
    /// Of who asks: every field that is or may be a secret, and what the connection is made with.
    var identity: Digest

    /// Makes keys that only one store knows.
    struct Maker: Sendable {
        private let digester: KeyedDigester
        private let connection: [String]
        private let ambient: HeaderFields
        /// The identity of requests without any field, which most of them are.
        private let nobody: Digest

        /// - Parameters:
        ///   - secret: The store's own random bytes.
        ///   - network: What libcurl adds to requests, and whom it believes.
        init(secret: [UInt8], network: NetworkOptions) {
            digester = KeyedDigester(secret: secret)
            // An answer that came without a check of certificates, or from another address, is not one for those who ask
            // with it.
            connection =
                [network.verifiesTLS ? "" : "k", network.caFile ?? "", network.certificateFile ?? ""] + network.resolve
            var ambient = HeaderFields([("Accept", "*/*")])
            if !network.userAgent.isEmpty { ambient.append("User-Agent", network.userAgent) }
            if network.acceptsCompression { ambient.append("Accept-Encoding", "all") }
            self.ambient = ambient
            nobody = digester.digest(connection)
        }

        /// The key of a GET request.
        func key(for request: Request) -> CacheKey {
            CacheKey(url: url(request.url), identity: identity(of: request))
        }

        /// The part of the key that is the URL: without credentials and fragment.
        func url(_ url: FetchURL) -> Digest { digester.digest([url.requestString]) }

        private func identity(of request: Request) -> Digest {
            if request.headers.isEmpty, !request.url.hasCredentials { return nobody }
            var parts = connection
            if request.url.hasCredentials, !request.headers.contains("authorization") {
                parts += ["authorization", Credentials(userinfoOf: request.url).basic]
            }
            for field in request.headers.fields where SecretName.occurs(in: field.name) {
                parts += [field.name.lowercased(), field.value]
            }
            return digester.digest(parts)
        }

        /// The digest of the fields that an answer depends on (RFC 9111 §4.1).
        ///
        /// - Parameter names: Lower case and sorted, as ``CachePolicy/variedFields(_:)`` gives them.
        func variant(_ names: [String], of request: Request) -> Digest {
            digester.digest(
                names.flatMap { name in
                    let own = request.headers.values(of: name)
                    return [name, (own.isEmpty ? ambient.values(of: name) : own).joined(separator: ", ")]
                })
        }
    }
}
