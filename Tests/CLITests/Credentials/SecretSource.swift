import FetchSystem
import FoundationEssentials
import TestSupport
import Testing

/// Where a secret of a run comes from.
enum SecretSource: String, CaseIterable, CustomTestStringConvertible {
    case user = "-u"
    case bearer = "--bearer TOKEN"
    case bearerFile = "--bearer @FILE"
    case cookie = "-b NAME=VALUE"
    case authorization = "-H Authorization"
    case apiKey = "-H X-Api-Key"
    case userinfo = "user and password of a URL"
    case netrc = "--netrc-file"
    case hostsBearer = "bearer of [hosts], from env:"
    case hostsHeader = "header of [hosts], from env:"
    case hostsUser = "user of [hosts]"
    case proxyUser = "--proxy-user"
    case jsonLine = "headers of a JSON line"
    case digest = "-u with --digest"
    case headerFor = "--header-for"

    var testDescription: String { rawValue }

    /// The secret; a URL has its slash as %2F.
    static let secret = "s3cr3t/pa55"

    /// The realm of those that are asked for the password.
    static let realm = DigestRealm(password: secret)

    /// The forms in which the secret could be shown: as it is, in a URL, in JSON, and wherever it begins in Base64.
    static let forms: [[UInt8]] = {
        let base64 = (0..<3).map { shift in
            let text = Base64.encode([UInt8](repeating: 0, count: shift) + Array(secret.utf8))
            // The characters that depend on nothing else.
            return String(
                text.dropFirst([0, 2, 3][shift]).prefix((shift + secret.utf8.count) * 8 / 6 - [0, 2, 3][shift]))
        }
        return ([secret, "s3cr3t%2Fpa55", "s3cr3t%2fpa55", "s3cr3t\\/pa55"] + base64).map { Array($0.utf8) }
    }()

    /// Whether bytes have the secret in any of its forms.
    static func occurs(in bytes: some Sequence<UInt8>) -> Bool {
        let bytes = Array(bytes)
        return forms.contains { bytes.firstRange(of: $0) != nil }
    }

    /// Whether a request proves that whoever sent it has the secret.
    static func isCarried(by request: LoopbackServer.Request) -> Bool {
        realm.accepts(request) || occurs(in: request.head)
    }

    /// What a server of this source answers, which challenges the user of Digest.
    func reply(to request: LoopbackServer.Request, _ reply: LoopbackServer.Reply) -> LoopbackServer.Reply {
        self == .digest && !Self.realm.accepts(request) ? Self.realm.refusal : reply
    }
}

/// A run with a secret that is for one origin.
struct SecretRun {
    let source: SecretSource
    let folder: ConfigFolder
    /// The options that give the secret.
    let options: [String]
    /// The origin that it is for: `http://127.0.0.1:1`.
    let home: String

    /// - Parameters:
    ///   - server: The server that the secret is for, or the proxy.
    ///   - home: The origin that it is for; nil for that of the server.
    init(_ source: SecretSource, _ server: LoopbackServer, home: String? = nil) throws {
        let secret = SecretSource.secret
        let home = home ?? (source == .proxyUser ? "http://home.invalid" : server.baseURL)
        self.source = source
        self.home = home
        let host = home.split(separator: "/")[1].prefix { $0 != ":" }
        let keys: String? =
            switch source {
            case .hostsBearer: "bearer = \"env:KEY\""
            case .hostsHeader: "header = \"X-Api-Key: env:KEY\""
            case .hostsUser: "user = \"me:\(secret)\""
            default: nil
            }
        folder = try ConfigFolder(user: keys.map { "[hosts.\"\(home)\"]\n\($0)\n" })
        options =
            switch source {
            case .user: ["-u", "me:\(secret)"]
            case .bearer: ["--bearer", secret]
            case .bearerFile: ["--bearer", "@" + (try folder.scratch.write("xdg/token", secret + "\n"))]
            case .cookie: ["-b", "sid=\(secret)"]
            case .authorization: ["-H", "Authorization: Token \(secret)"]
            case .apiKey: ["-H", "X-Api-Key: \(secret)"]
            case .netrc:
                [
                    "--netrc-file",
                    try folder.scratch.write("xdg/netrc", "machine \(host) login me password \(secret)\n"),
                ]
            case .proxyUser:
                ["-x", server.baseURL, "--proxy-user", "me:\(secret)", "--noproxy", "127.0.0.1,127.0.0.2"]
            case .digest: ["--digest", "-u", "me:\(secret)"]
            case .headerFor: ["--header-for", "\(home):X-Api-Key:\(secret)"]
            case .userinfo, .jsonLine, .hostsBearer, .hostsHeader, .hostsUser: []
            }
        if source == .netrc { try ConfigFolder.setMode(folder.scratch("xdg/netrc"), 0o600) }
    }

    /// The inputs for URLs: those of the home with the secret, where it is a part of the input.
    func inputs(_ urls: [String]) throws -> [String] {
        switch source {
        case .userinfo:
            return urls.map { url in
                url.hasPrefix(home + "/")
                    ? url.replacing("://", with: "://me:s3cr3t%2Fpa55@", maxReplacements: 1) : url
            }
        case .jsonLine:
            let lines = urls.map { url in
                let headers = url.hasPrefix(home + "/") ? ",\"headers\":{\"X-Api-Key\":\"\(SecretSource.secret)\"}" : ""
                return "{\"url\":\"\(url)\"\(headers)}\n"
            }
            return [try folder.scratch.write("xdg/list", lines.joined())]
        default: return urls
        }
    }

    /// What a run of this source has in its environment.
    var environment: [String: String] {
        folder.environment.merging(["KEY": SecretSource.secret], uniquingKeysWith: { $1 })
    }

    func run(_ arguments: [String], _ urls: [String]) async throws -> ToolResult {
        try await folder.run(
            arguments + options + inputs(urls), environment: ["KEY": SecretSource.secret])
    }
}
