import FetchHTTP
import FetchScheduling
import FetchSystem

/// A key of a section `[hosts."…"]` that is an option for this host only.
struct HostSetting: Sendable {
    /// The keys.
    enum Key: String, CaseIterable, Sendable {
        case accept, rate, max, proxy, cert, timeout

        /// The options that mean the same for all hosts, by the name that stands for each in rules. One that the command line
        /// has replaces the setting.
        var options: Set<String> {
            switch self {
            case .accept: ["accept"]
            case .rate: ["rate-host"]
            case .max: ["max-host"]
            case .proxy: ["proxy", "socks4", "socks4a", "socks5", "socks5-hostname", "proxy1.0", "preproxy"]
            case .cert: ["cert"]
            case .timeout: ["max-time"]
            }
        }

        /// Whether two schemes at one port have one value, because the server is one.
        var isOfAuthority: Bool { self == .rate || self == .max }
    }

    /// What a value says.
    enum Meaning: Sendable {
        case accept(StatusSet)
        case rate(RateLimit)
        case maximum(Int)
        /// The URL of a proxy; empty for none.
        case proxy(String)
        /// The path of a file.
        case certificate(String)
        /// Zero for no limit.
        case timeout(Duration)
    }

    let key: Key
    /// The value as it is written.
    let value: ConfigValue
    let meaning: Meaning
    let source: ConfigSource

    /// Parses a value. It reads no file.
    ///
    /// - Parameter home: The user's folder, for `~/`; nil if it is unknown.
    init(
        _ key: Key, _ value: TOMLText.Value, home: String?, at source: ConfigSource
    ) throws(ParseFailure) {
        self.key = key
        self.source = source
        let text: String
        switch value {
        case .string(let string):
            text = string
            self.value = .text(string)
        case .number(let number) where key != .proxy && key != .cert:
            text = number
            self.value = .number(number)
        default: throw ParseFailure("must be a text" + (key == .proxy || key == .cert ? "" : " or a number"))
        }
        if let kind = SecretSource.kind(of: text) {
            throw ParseFailure("values from \(kind) are for header, user and bearer; write the value itself")
        }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw ParseFailure("the value contains a control character")
        }
        meaning = try Self.meaning(key, text, home)
    }

    private static func meaning(_ key: Key, _ text: String, _ home: String?) throws(ParseFailure) -> Meaning {
        switch key {
        case .accept: return .accept(try StatusSet(text))
        case .rate:
            let (count, period) = try Quantity.rate(text)
            return .rate(RateLimit(maxCalls: count, period: period))
        case .max:
            guard let count = Int(text), (1...100_000).contains(count) else {
                throw ParseFailure("must be a whole number between 1 and 100000")
            }
            return .maximum(count)
        case .proxy:
            if let problem = ConnectionOptions.proxyProblem(text) { throw ParseFailure(problem) }
            return .proxy(text)
        case .cert:
            let path = SecretSource.expanded(text, home)
            guard path.hasPrefix("/") else { throw ParseFailure("write the file as /PATH or ~/PATH") }
            return .certificate(path)
        case .timeout:
            let time = try Quantity.duration(text)
            guard time == .zero || time >= .milliseconds(1) else {
                throw ParseFailure("must be at least 1ms, or 0 for no limit")
            }
            return .timeout(time)
        }
    }

    /// A text of the value as it is shown.
    func hidden(_ text: String) -> String { key == .proxy ? PrintableURL.hidingCredentials(in: text) : text }

    /// A mistake in the value.
    func mistake(_ message: String) -> ConfigMistake { ConfigMistake("\(key.rawValue): \(message)", at: source) }

    /// Looks at the file that the value names, if it names one.
    func check() throws(ConfigMistake) {
        if case .certificate(let path) = meaning { _ = try certificate(path) }
    }

    /// The client certificate of a file.
    func certificate(_ path: String) throws(ConfigMistake) -> HostRoutes.Certificate {
        let name = TerminalText.escaped(path)
        let found: [UInt8]?
        do throws(ConfigMistake) {
            found = try ConfigReader.read(path, .secret)
        } catch {
            throw mistake(error.description)
        }
        guard let bytes = found else { throw mistake("\(name): no such file or directory") }
        func has(_ text: String) -> Bool { bytes.range(ofBytes: Array(text.utf8)) != nil }
        let isPKCS12 = TLSOptions.isPKCS12(bytes)
        guard isPKCS12 || has("-----BEGIN") else { throw mistake("\(name): it is neither PEM nor PKCS #12") }
        guard isPKCS12 || has("PRIVATE KEY-----") else {
            throw mistake("\(name): it has no private key; the certificate and its key are in one file")
        }
        guard isPKCS12 || !has("ENCRYPTED") else {
            throw mistake("\(name): its key is encrypted, and a host has no password for one")
        }
        return HostRoutes.Certificate(file: path, isPKCS12: isPKCS12)
    }
}
