/// Where a response is kept: digests of what it answers. Neither a URL, which may hold a token, nor a secret is in them.
struct CacheKey: Sendable, Hashable {
    /// Of the URL as it is sent.
    var url: Digest
    /// Of who asks: every field that is or may be a secret, and what the connection is made with.
    var identity: Digest

    /// Makes keys that only one store knows.
    struct Maker: Sendable {
        private let secret: [UInt8]
        private let connection: [String]
        private let ambient: HeaderFields
        /// The identity of requests without any field, which most of them are.
        private let nobody: Digest

        /// - Parameters:
        ///   - secret: The store's own random bytes.
        ///   - network: What libcurl adds to requests, and whom it believes.
        init(secret: [UInt8], network: NetworkOptions) {
            self.secret = secret
            // An answer that came without a check of certificates, or from another address, is not one for those who ask
            // with it.
            connection =
                [network.verifiesTLS ? "" : "k", network.caFile ?? "", network.certificateFile ?? ""] + network.resolve
            var ambient = HeaderFields([("Accept", "*/*")])
            if !network.userAgent.isEmpty { ambient.append("User-Agent", network.userAgent) }
            if network.acceptsCompression { ambient.append("Accept-Encoding", "all") }
            self.ambient = ambient
            nobody = Self.identity(secret, connection, nil, HeaderFields())
        }

        /// The key of a GET request.
        func key(for request: Request) -> CacheKey {
            CacheKey(url: url(request.url), identity: identity(of: request))
        }

        /// The part of the key that is the URL: without credentials and fragment.
        func url(_ url: FetchURL) -> Digest {
            var builder = Digest.Builder(key: secret)
            builder.add(url.requestString)
            return builder.finish()
        }

        private func identity(of request: Request) -> Digest {
            if request.headers.isEmpty, !request.url.hasCredentials { return nobody }
            let isInURL = request.url.hasCredentials && !request.headers.contains("authorization")
            let userinfo = isInURL ? Credentials(userinfoOf: request.url).basic : nil
            return Self.identity(secret, connection, userinfo, request.headers)
        }

        private static func identity(
            _ secret: [UInt8], _ connection: [String], _ userinfo: String?, _ headers: HeaderFields
        ) -> Digest {
            var builder = Digest.Builder(key: secret)
            for part in connection { builder.add(part) }
            if let userinfo {
                builder.add("authorization")
                builder.add(userinfo)
            }
            for field in headers.fields where SecretName.occurs(in: field.name) {
                builder.add(field.name.lowercased())
                builder.add(field.value)
            }
            return builder.finish()
        }

        /// The digest of the fields that an answer depends on (RFC 9111 §4.1).
        ///
        /// - Parameter names: Lower case and sorted, as ``CachePolicy/variedFields(_:)`` gives them.
        func variant(_ names: [String], of request: Request) -> Digest {
            var builder = Digest.Builder(key: secret)
            for name in names {
                builder.add(name)
                let own = request.headers.values(of: name)
                builder.add((own.isEmpty ? ambient.values(of: name) : own).joined(separator: ", "))
            }
            return builder.finish()
        }
    }
}
