import FetchHTTP
import FetchSystem

/// The key of a stored response: digests of the request. It contains neither a URL, which may contain a token, nor a
/// secret.
struct CacheKey: Sendable, Hashable {
    /// The digest of the URL as it is sent.
    var url: Digest
    /// The digest of the requester: every header that is or may be a secret, and the options of the connection.
    var identity: Digest

    /// Makes keys that only one store can compute.
    struct Maker: Sendable {
        private let digester: KeyedDigester
        private let connection: [String]
        private let ambient: HeaderFields
        /// The names of fields that are secret besides those that look so.
        private let secretFields: Set<String>
        /// The hosts with their own client certificate, for whose bearer a response may be; nil for none.
        private let hosts: HostRoutes?
        /// The requester of requests without headers, which are most of them.
        private let nobody: Digest

        /// - Parameters:
        ///   - secret: The store's own random bytes.
        ///   - network: What libcurl adds to requests, and which certificates it accepts.
        init(secret: [UInt8], network: NetworkOptions) {
            digester = KeyedDigester(secret: secret)
            // A response that was received without verification, or from another address, is only for requests with the
            // same options.
            connection =
                [network.verifiesTLS ? "" : "k", network.caFile ?? "", network.certificateFile ?? ""] + network.resolve
                // Added where it is set only, so that the keys of older files stay as they are.
                + (network.caDirectory.map { ["capath " + $0] } ?? []) + (network.details?.identity ?? [])
            hosts = network.hosts.flatMap { $0.certificates.isEmpty ? nil : $0 }
            secretFields = network.secretFields
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

        /// The digest of the URL without credentials and fragment.
        func url(_ url: FetchURL) -> Digest { digester.digest([url.requestString]) }

        private func identity(of request: Request) -> Digest {
            let certificate = hosts?.certificate(for: request.url)
            if request.headers.isEmpty, !request.url.hasCredentials, certificate == nil { return nobody }
            var parts = connection.map { Array($0.utf8) }
            if let certificate { parts.append(Array("certificate \(certificate.file)".utf8)) }
            if request.url.hasCredentials, !request.headers.decides("authorization") {
                parts += ["authorization", Credentials(userinfoOf: request.url).basic].map { Array($0.utf8) }
            }
            // Two secrets that differ in bytes that are not UTF-8 are two requesters.
            request.headers.forEachField { name, value in
                guard SecretName.occurs(in: name) || !secretFields.isEmpty && secretFields.contains(name.lowercased())
                else { return }
                parts += [Array(name.lowercased().utf8), Array(value)]
            }
            return digester.digest(parts)
        }

        /// The digest of the headers that a response depends on (RFC 9111 §4.1).
        ///
        /// - Parameter names: In lower case and sorted, as ``CachePolicy/variedFields(_:)`` returns them.
        func variant(_ names: [String], of request: Request) -> Digest {
            digester.digest(
                names.flatMap { name in
                    let isOwn = request.headers.decides(name)
                    let values = (isOwn ? request.headers : ambient).allBytes(of: name)
                    return [Array(name.utf8), Array(values.joined(separator: ", ".utf8))]
                })
        }
    }
}
