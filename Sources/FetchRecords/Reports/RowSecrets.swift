import FetchHTTP
import FetchSystem

/// Hides in the texts of one record the secrets of its request, of its URLs, and those that the run knows.
struct RowSecrets {
    /// The secrets of the run.
    private let run: SecretMask
    /// The secrets of this record.
    private var own = SecretMask()

    /// Learns the secrets of a record.
    ///
    /// - Parameters:
    ///   - run: The secrets of the run.
    ///   - knowsFields: Whether the fields of the request are among them.
    init(_ outcome: Outcome, run: SecretMask, knowsFields: Bool = false) {
        self.run = run
        own.secretFields = run.secretFields
        if case .success(var request) = outcome.input.request {
            if knowsFields { request.headers = HeaderFields() }
            own.learn(request)
            Self.learn(fragment: request.url.href, into: &own)
        } else {
            Self.learn(url: outcome.input.text, into: &own)
        }
        if let url = outcome.effectiveURL { Self.learn(url: url.href, into: &own) }
    }

    private static func learn(url: String, into mask: inout SecretMask) {
        mask.learn(url: url)
        learn(fragment: url, into: &mask)
    }

    /// Learns the secrets of a fragment, which has the form of a query where a sign-in hands over its token (RFC 6749 §4.2.2).
    private static func learn(fragment url: String, into mask: inout SecretMask) {
        guard let hash = url.firstIndex(of: "#") else { return }
        mask.learn(url: "?" + url[url.index(after: hash)...])
    }

    /// A text of any origin.
    func text(_ text: String) -> String {
        let bytes = ByteText.bytes(of: text)
        return ByteText.text(of: self.bytes(bytes))
    }

    /// Bytes of any origin.
    func bytes(_ bytes: [UInt8]) -> [UInt8] { run.masked(own.masked(bytes)) }

    /// A message, which may name other URLs.
    func message(_ message: String) -> String {
        guard message.utf8.contains(where: { "?@#".utf8.contains($0) }) else {
            return text(message)
        }
        var mask = SecretMask()
        for word in message.split(separator: " ") {
            let url = String(word.last.map { ":,;".contains($0) } == true ? word.dropLast() : word)
            Self.learn(url: url, into: &mask)
        }
        let shown = message.contains(text: "//") ? PrintableURL.hidingCredentials(in: message) : message
        return text(ByteText.text(of: mask.masked(ByteText.bytes(of: shown))))
    }

    /// A URL without user and password, from which secret values of its query and its fragment are removed, however short
    /// they are.
    func url(_ url: String) -> String { text(Self.hidingValues(in: PrintableURL.hidingCredentials(in: url))) }

    /// The value of a header field; nil where its name says that it is a secret.
    func value(_ value: [UInt8], of name: String) -> String? {
        if Self.isSecret(name) || run.secretFields.contains(name.lowercased()) { return nil }
        let text = ByteText.text(of: value)
        guard PrintableURL.hasURL(name) else { return self.text(text) }
        // A Link or a Refresh has more than the URL; its secrets are learnt from the URL and hidden in the whole.
        var mask = SecretMask()
        Self.learn(url: text, into: &mask)
        let hidden = mask.masked(ByteText.bytes(of: PrintableURL.hidingCredentials(in: text)))
        let shown = ByteText.text(of: hidden)
        return self.text(text.contains("<") || text.contains(" ") ? shown : Self.hidingValues(in: shown))
    }

    /// Whether the value of a field is not written.
    static func isSecret(_ name: String) -> Bool {
        let harmless: Set = ["www-authenticate", "proxy-authenticate"]
        return SecretName.occurs(in: name) && !harmless.contains(name.lowercased())
    }

    /// The URL with the values of its query and its fragment hidden whose names suggest a secret.
    static func hidingValues(in url: String) -> String {
        guard url.utf8.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) else { return url }
        var bytes = ByteText.bytes(of: url)
        var ranges = BodySecret.inQuery(of: bytes).map(\.range)
        if let hash = bytes.firstIndex(of: UInt8(ascii: "#")) {
            let query = [UInt8(ascii: "?")] + bytes[(hash + 1)...]
            ranges += BodySecret.inQuery(of: query).map { $0.range.lowerBound + hash..<$0.range.upperBound + hash }
        }
        for range in ranges.reversed() { bytes.replaceSubrange(range, with: SecretMask.mask) }
        return ByteText.text(of: bytes)
    }

    /// A body without the values whose names suggest a secret, for one that the user sends.
    static func hidingValues(inBody body: [UInt8]) -> [UInt8] {
        var body = body
        for secret in BodySecret.all(in: body).reversed() { body.replaceSubrange(secret.range, with: SecretMask.mask) }
        return body
    }
}
