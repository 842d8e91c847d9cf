import FetchSystem
import TestSupport

/// The server's side of Digest authentication (RFC 7616).
struct DigestRealm: Sendable {
    /// The user that it knows.
    var user = "me"
    /// The user's password.
    var password = "s3cr3t-pass"
    /// The value of `realm`.
    var realm = "a realm"
    /// The value of `nonce`.
    var nonce = "n0nce-7616"
    /// The name of the algorithm in the challenge; nil for none, which is MD5.
    var algorithm: String? = "MD5"
    /// The value of `qop` in the challenge; nil for none (RFC 2069).
    var quality: String? = "auth"
    /// Whether the challenge says that only the nonce was wrong.
    var isStale = false

    /// The body of each 401.
    static let denied = "denied, whatever you say\n"

    /// The value of WWW-Authenticate.
    var challenge: String {
        var parts = ["realm=\"\(realm)\"", "nonce=\"\(nonce)\""]
        if let quality { parts.append("qop=\"\(quality)\"") }
        if let algorithm { parts.append("algorithm=\(algorithm)") }
        if isStale { parts.append("stale=true") }
        return "Digest " + parts.joined(separator: ", ")
    }

    /// The answer to a request without the right response: a challenge with a body.
    var refusal: LoopbackServer.Reply { refusal() }

    /// The same with more fields and another body.
    func refusal(_ fields: [(String, String)] = [], body: [UInt8]? = nil) -> LoopbackServer.Reply {
        .response(
            status: 401, headers: [("WWW-Authenticate", challenge)] + fields, body: body ?? Array(Self.denied.utf8))
    }

    /// Whether a request has the right response (RFC 7616 §3.4.1), for its own target.
    func accepts(_ request: LoopbackServer.Request) -> Bool {
        let fields = request.values("Authorization")
        guard fields.count == 1, let parts = Self.parts(fields[0]), let given = parts["response"],
            parts["username"] == user, parts["realm"] == realm, parts["nonce"] == nonce,
            let uri = parts["uri"], uri == Self.uri(of: request)
        else { return false }
        let secret = hash("\(user):\(realm):\(password)")
        let target = hash("\(request.method):\(uri)")
        guard quality != nil else { return given == hash("\(secret):\(nonce):\(target)") }
        guard let count = parts["nc"], let own = parts["cnonce"], parts["qop"] == "auth" else { return false }
        return given == hash("\(secret):\(nonce):\(count):\(own):auth:\(target)")
    }

    /// The path and the query; a proxy gets them behind the scheme and the authority.
    private static func uri(of request: LoopbackServer.Request) -> String {
        request.path + request.target.drop { $0 != "?" }
    }

    /// The parameters of a field for Digest; nil for another scheme.
    static func parts(_ value: String) -> [String: String]? {
        guard value.hasPrefix("Digest ") else { return nil }
        var parts: [String: String] = [:]
        var rest = value.dropFirst("Digest ".count)
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].filter { $0 != " " && $0 != "," }
            rest = rest[rest.index(after: equals)...]
            let isQuoted = rest.first == "\""
            if isQuoted { rest = rest.dropFirst() }
            let end = rest.firstIndex(of: isQuoted ? "\"" : ",") ?? rest.endIndex
            parts[String(name)] = String(rest[..<end])
            rest = end < rest.endIndex ? rest[rest.index(after: end)...] : ""
        }
        return parts
    }

    private func hash(_ text: String) -> String {
        let digest = algorithm == "SHA-256" ? DigestAlgorithm.sha256 : .md5
        return StreamDigest.of(Array(text.utf8), digest).map(Checksum.hexadecimal) ?? ""
    }

    /// A server that gives `reply` to who knows the password, and a challenge to all others.
    func server(
        reply: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply = { _ in .ok("welcome") }
    ) throws -> LoopbackServer {
        try LoopbackServer { accepts($0) ? reply($0) : refusal }
    }
}

/// The server's side of NTLM, as far as its three messages are told apart (MS-NLMP §2.2.1).
enum NTLMServer {
    /// The kinds of requests.
    enum Kind: Equatable {
        case none, negotiate
        /// The last message, with the name of the user.
        case authenticate(String)
        case other
    }

    /// The second message: a challenge of 40 bytes, for NTLM and Unicode, without information about the target.
    static var challenge: String {
        var bytes = Array("NTLMSSP\0".utf8) + [2, 0, 0, 0] + [0, 0, 0, 0, 40, 0, 0, 0]
        bytes += [0x01, 0x02, 0, 0] + [1, 2, 3, 4, 5, 6, 7, 8] + [0, 0, 0, 0, 0, 0, 0, 0]
        return "NTLM " + Base64.encode(bytes)
    }

    /// What a request says.
    static func kind(_ request: LoopbackServer.Request) -> Kind {
        guard let field = request.header("Authorization") else { return .none }
        guard field.hasPrefix("NTLM "), let bytes = Base64.decode(field.dropFirst(5).utf8), bytes.count > 12,
            bytes.starts(with: Array("NTLMSSP\0".utf8))
        else { return .other }
        switch bytes[8] {
        case 1: return .negotiate
        case 3:
            guard bytes.count >= 64 else { return .other }
            let length = Int(bytes[36]) | Int(bytes[37]) << 8
            let offset = Int(bytes[40]) | Int(bytes[41]) << 8
            guard offset + length <= bytes.count else { return .other }
            // UTF-16, little-endian.
            return .authenticate(
                String(decoding: bytes[offset..<offset + length].filter { $0 != 0 }, as: UTF8.self))
        default: return .other
        }
    }

    /// The answer to each kind; the last message is believed if it is the user's.
    static func reply(
        to request: LoopbackServer.Request, users: Set<String> = ["me"], welcome: LoopbackServer.Reply = .ok("welcome")
    ) -> LoopbackServer.Reply {
        func refuse(_ value: String) -> LoopbackServer.Reply {
            .response(status: 401, headers: [("WWW-Authenticate", value)], body: Array(DigestRealm.denied.utf8))
        }
        switch kind(request) {
        case .negotiate: return refuse(challenge)
        case .authenticate(let user) where users.contains(user): return welcome
        default: return refuse("NTLM")
        }
    }
}
