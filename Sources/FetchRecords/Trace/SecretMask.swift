package import FetchHTTP
import FetchSystem

/// Replaces the secrets that a run knows by `***`, wherever they occur: a server may repeat them.
///
/// It knows the values of secret fields, the password of Basic credentials and of URLs, cookies, and values of bodies
/// whose name suggests a secret. Values of fewer than four bytes are hidden where their field is written, and not
/// elsewhere: they occur in any text.
package struct SecretMask: Sendable {
    /// Secrets by their first byte; the longest come first.
    private struct Known {
        var byFirst: [UInt8: [[UInt8]]] = [:]
        var all: Set<[UInt8]> = []
        /// Whether a secret begins with a byte; empty while there is none. A look into the dictionary for each byte of a
        /// text is what a mask would cost.
        private var begins: [Bool] = []

        /// Whether a secret begins with a byte.
        func begins(with byte: UInt8) -> Bool { !begins.isEmpty && begins[Int(byte)] }

        mutating func insert(_ secret: [UInt8]) {
            guard let first = secret.first, all.insert(secret).inserted else { return }
            if begins.isEmpty { begins = Array(repeating: false, count: 256) }
            begins[Int(first)] = true
            byFirst[first, default: []].append(secret)
            byFirst[first]?.sort { $0.count > $1.count }
        }
    }

    /// What the user gave. It is never forgotten.
    private var own = Known()
    /// What servers set, which they could make any number of.
    private var fromServers = Known()
    private var lastFields = HeaderFields()

    /// The names, in small letters, of fields whose values are secret besides those that look so.
    package var secretFields: Set<String> = []

    /// What takes the place of a secret.
    package static let mask = Array("***".utf8)
    private static let shortest = 4
    /// What a server sets is shorter more often, and is less secret: `seen=true`.
    private static let shortestFromServer = 8
    /// The maximum number of secrets of servers; then all of them are forgotten.
    private static let mostFromServers = 4096

    /// Knows no secret.
    package init() {}

    /// Adds a secret.
    package mutating func add(_ secret: some Collection<UInt8>) {
        if secret.count >= Self.shortest { own.insert(Array(secret)) }
    }

    /// Learns the secrets of a request.
    package mutating func learn(_ request: Request) {
        if request.url.hasCredentials {
            for part in [request.url.username, request.url.password] { addEncoded(Array(part.utf8)) }
            learn("authorization", Array(Credentials(userinfoOf: request.url).basic.utf8))
        }
        if !request.headers.lines.elementsEqual(lastFields.lines) {
            lastFields = request.headers
            var fields: [(String, [UInt8])] = []
            request.headers.forEachField { fields.append(($0, Array($1))) }
            for (name, value) in fields where SecretName.occurs(in: name) || secretFields.contains(name.lowercased()) {
                learn(name, value)
            }
        }
        learn(url: request.url.href)
        if let body = request.body { learn(BodySecret.all(in: body), in: body) }
        if let pieces = request.upload?.pieces {
            for (secrets, piece) in zip(BodySecret.all(in: pieces), pieces) {
                if case .bytes(let bytes) = piece { learn(secrets, in: bytes) }
            }
        }
    }

    /// A message about an input without the secrets of its request, and of all URLs in the message.
    package static func hiding(_ message: String, of input: Input) -> String {
        var mask = SecretMask()
        if case .success(let request) = input.request { mask.learn(request) } else { mask.learn(url: input.text) }
        for word in message.split(separator: " ") {
            mask.learn(url: String(word.last.map { ":,;".contains($0) } == true ? word.dropLast() : word))
        }
        return ByteText.text(of: mask.masked(ByteText.bytes(of: message)))
    }

    /// Learns the values of a query whose names suggest a secret.
    package mutating func learn(url: String) {
        let bytes = ByteText.bytes(of: url)
        learn(BodySecret.inQuery(of: bytes), in: bytes)
    }

    private mutating func learn(_ secrets: [BodySecret], in bytes: [UInt8]) {
        for secret in secrets { addEncoded(Array(bytes[secret.range])) }
    }

    /// Learns the value of a field whose name suggests a secret.
    package mutating func learn(_ name: String, _ value: [UInt8]) {
        let name = name.lowercased()
        if name == "set-cookie" {
            let pair = value.prefix { $0 != UInt8(ascii: ";") }
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return }
            let value = pair[(equals + 1)...]
            guard value.count >= Self.shortestFromServer else { return }
            if fromServers.all.count >= Self.mostFromServers { fromServers = Known() }
            fromServers.insert(Array(value))
            return
        }
        add(value)
        if name == "cookie" {
            for pair in value.split(separator: UInt8(ascii: ";")) {
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
                add(pair[(equals + 1)...])
            }
        }
        guard let space = value.firstIndex(of: UInt8(ascii: " ")) else { return }
        let token = value[value.index(after: space)...]
        add(token)
        if value[..<space].map({ $0 | 0x20 }).elementsEqual("basic".utf8) {
            let pair = Self.base64Decoded(token)
            add(pair)
            if let colon = pair.firstIndex(of: UInt8(ascii: ":")) { add(pair[(colon + 1)...]) }
        }
    }

    /// Learns the user and the password of a proxy's URL.
    package mutating func learn(proxy: String) {
        let bytes = ByteText.bytes(of: proxy)
        let start = bytes.range(ofBytes: Array("://".utf8))?.upperBound ?? 0
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")), at > start else { return }
        let user = bytes[start..<at]
        add(user)
        for part in user.split(separator: UInt8(ascii: ":"), maxSplits: 1).dropFirst() { addEncoded(Array(part)) }
        learn("authorization", Array(Credentials(pair: PercentEncoding.decode(user)).basic.utf8))
    }

    private mutating func addEncoded(_ value: [UInt8]) {
        add(value)
        add(PercentEncoding.decode(value.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 }[...]))
        add(PercentEncoding.decode(value[...]))
    }

    /// The bytes with each secret replaced.
    package func masked(_ bytes: [UInt8]) -> [UInt8] { masked(bytes, isLast: true).masked }

    /// The same for a part of a stream.
    ///
    /// - Parameter isLast: Whether nothing follows.
    /// - Returns: The bytes with each secret replaced, and what may be the beginning of one, which belongs before the next
    ///   part.
    package func masked(_ bytes: [UInt8], isLast: Bool) -> (masked: [UInt8], rest: [UInt8]) {
        guard !own.all.isEmpty || !fromServers.all.isEmpty else { return (bytes, []) }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard own.begins(with: bytes[index]) || fromServers.begins(with: bytes[index]) else {
                out.append(bytes[index])
                index += 1
                continue
            }
            let rest = bytes[index...]
            var longest = 0
            for secrets in [own.byFirst[bytes[index]], fromServers.byFirst[bytes[index]]].compactMap({ $0 }) {
                if !isLast, secrets.contains(where: { $0.count > rest.count && $0.starts(with: rest) }) {
                    return (out, Array(rest))
                }
                longest = max(longest, secrets.first { rest.starts(with: $0) }?.count ?? 0)
            }
            if longest > 0 {
                out += Self.mask
                index += longest
                continue
            }
            out.append(bytes[index])
            index += 1
        }
        return (out, [])
    }

    private static func base64Decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var out: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text {
            guard let value = alphabet.firstIndex(of: byte) else { break }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return out
    }
}
