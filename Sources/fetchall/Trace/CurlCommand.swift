import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem

/// Writes requests as commands of curl, one per line, without their secrets: each is a variable of the environment.
struct CurlCommand: Sendable {
    /// A secret that the user must give again.
    struct Variable: Sendable {
        /// `FETCHALL_AUTHORIZATION`.
        let name: String
        /// `the value of Authorization`.
        let meaning: String
        /// The host whose command needs it first; nil where it is for all.
        var host: String?
    }

    /// An option whose value is secret: its name, what stands before the secret in its value, the name of the variable, and
    /// what that means.
    typealias SecretOption = (option: String, prefix: String, variable: String, meaning: String)

    private struct SecretKey: Hashable {
        let name: String
        let value: [UInt8]
    }

    /// The options that all commands have: for connections, limits, and redirects.
    private let common: [ShellWord]
    /// Whether and how redirects are followed; only where curl would send no secret field to another host.
    private let redirects: [ShellWord]
    /// The lines of the program's own fields.
    private let ownLines: @Sendable (HeaderFields) -> [String]
    /// The connections of certain hosts, and their limits; nil for none.
    var routes: HostRoutes?
    var limits: HostLimits?
    /// Whether curl keeps cookies: of a file, or for a jar.
    private let hasCookies: Bool
    /// Whether users and passwords answer challenges, so that curl must know them.
    private let answersChallenges: Bool
    /// The names of fields that are secret besides those that look so.
    private let secretFields: Set<String>
    private var names: [SecretKey: String] = [:]
    /// The host of the command that is being written.
    private var host: String?
    /// The variables that the commands need so far.
    private(set) var variables: [Variable] = []
    /// The methods of commands that do not follow redirects, because curl would repeat them.
    private(set) var repeated: Set<String> = []
    /// The secret fields for whose sake a command does not follow redirects.
    private(set) var unfollowed: Set<String> = []

    /// Makes a writer for one run.
    ///
    /// - Parameters:
    ///   - arguments: The options that all commands have, secrets excluded.
    ///   - proxy: The URL of a proxy; nil for none or that of the environment.
    ///   - secrets: The options whose values are secret.
    ///   - maxRedirects: The maximum number of redirects; nil to follow none.
    ///   - answersChallenges: Whether users and passwords answer challenges.
    ///   - secretFields: The names, in small letters, of fields that are secret besides those that look so.
    ///   - ownLines: The lines of the program's own fields in a request with these fields.
    init(
        arguments: [String], proxy: String? = nil, secrets: [SecretOption] = [], maxRedirects: Int? = nil,
        answersChallenges: Bool = false, secretFields: Set<String> = [],
        ownLines: @escaping @Sendable (HeaderFields) -> [String]
    ) {
        redirects = maxRedirects.map { ["-L", "--max-redirs", "\($0)"].map { ShellWord($0) } } ?? []
        self.ownLines = ownLines
        self.answersChallenges = answersChallenges
        self.secretFields = secretFields
        hasCookies = arguments.contains("-b")
        var common = arguments.map { ShellWord($0) }
        var found: Variable?
        if let proxy {
            var word = ShellWord()
            if proxy.utf8.contains(UInt8(ascii: "@")) {
                found = Variable(name: "FETCHALL_PROXY", meaning: "the URL of the proxy")
                word.append(variable: "FETCHALL_PROXY")
            } else {
                word.append(ByteText.bytes(of: proxy))
            }
            common += [ShellWord("-x"), word]
        }
        for secret in secrets {
            var word = ShellWord(secret.prefix)
            word.append(variable: secret.variable)
            common += [ShellWord(secret.option), word]
        }
        self.common = common
        if let found { variables.append(found) }
        variables += secrets.map { Variable(name: $0.variable, meaning: $0.meaning) }
    }

    /// Appends the command of a request, with its line break.
    ///
    /// - Parameter file: The file that the body is saved to; nil for standard output.
    mutating func append(_ request: Request, file: String? = nil, to out: inout [UInt8]) {
        host = request.url.authority.text
        let own = ownWords(for: request.url)
        var words = common + own.words
        let url = request.url.requestString
        if (url + (upload(of: request)?.path ?? "")).utf8.contains(where: { "[]{}".utf8.contains($0) }) {
            words.append(ShellWord("-g"))
        }
        var fields = fields(of: request)
        fields.strayed += own.strayed
        let body = body(of: request)
        let implied = body.method ?? "GET"
        let repeats = ![implied, "HEAD"].contains(request.method) || request.method == "HEAD" && request.hasBody
        if repeats, !redirects.isEmpty { repeated.insert(request.method) }
        if repeats {
            // curl sends the method of -X, without the body, wherever a redirect leads.
        } else if fields.strayed.isEmpty {
            words += redirects
        } else if !redirects.isEmpty {
            unfollowed.formUnion(fields.strayed)
        }
        words += body.words
        switch (request.method, request.hasBody) {
        case ("GET", false): break
        case ("HEAD", false): words.append(ShellWord("-I"))
        case (let method, _) where method == body.method: break
        default: words += [ShellWord("-X"), ShellWord(request.method)]
        }
        // What is decoded here is decoded there too.
        if fields.isCompressed { words.append(ShellWord("--compressed")) }
        if let cookie = fields.cookie { words += [ShellWord("-b"), cookie] }
        if let user = fields.user { words += [ShellWord("-u"), user] }
        for field in fields.words { words += [ShellWord("-H"), field] }
        if let file { words += [ShellWord("--create-dirs"), ShellWord("-o"), ShellWord(file)] }
        words.append(
            secretFree(ByteText.bytes(of: url), BodySecret.inQuery(of: ByteText.bytes(of: url)), in: "the query"))
        if !body.source.isEmpty { out += body.source + Array(" | ".utf8) }
        out += Array("curl".utf8)
        for word in words { out += [0x20] + word.quoted }
        out.append(0x0A)
    }

    /// The fields of a request, and the secret ones that curl would send to wherever a redirect leads: it drops
    /// `Authorization` and `Cookie` there, and no others.
    private mutating func fields(
        of request: Request
    ) -> (words: [ShellWord], cookie: ShellWord?, user: ShellWord?, strayed: [String], isCompressed: Bool) {
        var headers = request.headers
        if request.url.hasCredentials, !headers.decides("authorization") {
            headers.append("Authorization", Credentials(userinfoOf: request.url).basic)
        }
        let own = ownLines(headers)
        var words = own.map { ShellWord($0) }
        var lines: [(name: String, value: [UInt8])] = []
        headers.forEachField { lines.append(($0, Array($1))) }
        var strayed: [String] = []
        var cookie: ShellWord?
        var user: ShellWord?
        for (name, value) in lines {
            if answersChallenges, name.lowercased() == "authorization", let pair = Credentials(basic: value) {
                var word = ShellWord()
                let bytes = pair.user + [UInt8(ascii: ":")] + pair.password
                word.append(variable: variable("User", bytes, meaning: "user:password"))
                user = word
                continue
            }
            if hasCookies, !value.isEmpty, name.lowercased() == "cookie" {
                // curl joins it with the cookies of its file; a field of -H would be a second one.
                var word = cookie ?? ShellWord()
                if cookie != nil { word.append(Array("; ".utf8)) }
                word.append(variable: variable(name, value, meaning: "the value of \(name)"))
                cookie = word
                continue
            }
            var word = ShellWord(value.isEmpty ? "\(name);" : "\(name): ")
            if !value.isEmpty, SecretName.occurs(in: name) || secretFields.contains(name.lowercased()) {
                word.append(variable: variable(name, value, meaning: "the value of \(name)"))
                if !["authorization", "cookie"].contains(name.lowercased()) { strayed.append(name) }
            } else {
                let text = ByteText.shown(ByteText.text(of: value))
                if PrintableURL.value(text, of: name) != text {
                    word.append(variable: variable(name, value, meaning: "the value of \(name)"))
                } else {
                    word.append(secretFree(value, BodySecret.inQuery(of: value), in: name))
                }
            }
            words.append(word)
        }
        words += headers.leftOut.map { ShellWord("\($0):") }
        let isBare = !request.hasBody && ["POST", "PUT", "PATCH"].contains(request.method)
        if isBare, !headers.decides("content-length"), !headers.contains("transfer-encoding") {
            words.append(ShellWord("Content-Length: 0"))
        }
        if !headers.decides("user-agent"), !own.contains(where: { $0.lowercased().hasPrefix("user-agent:") }) {
            words.append(ShellWord("User-Agent:"))
        }
        return (words, cookie, user, strayed, own.contains { $0.lowercased().hasPrefix("accept-encoding:") })
    }

    /// The options for a body, the method that they mean, and the command that writes it to standard input, if any.
    private mutating func body(
        of request: Request
    ) -> (words: [ShellWord], method: String?, source: [UInt8]) {
        let piped = [ShellWord("--data-binary"), ShellWord("@-")]
        if let bytes = request.body {
            let word = secretFree(bytes, BodySecret.all(in: bytes), in: "the body")
            return word.fitsOnLine
                ? ([ShellWord("--data-raw"), word], "POST", []) : (piped, "POST", word.checks + word.printed)
        }
        guard let pieces = request.upload?.pieces else { return ([], nil, []) }
        if let file = upload(of: request) {
            var words = [ShellWord("-T"), ShellWord(file.path)]
            let isSmall = (try? file.size()).map { $0 <= UploadBody.immediateSize } ?? false
            if isSmall, !request.headers.decides("expect") { words += [ShellWord("-H"), ShellWord("Expect:")] }
            return (words, "PUT", [])
        }
        var source = Array("{ ".utf8)
        // A pipe would hide that a variable is not set, or that a file is gone.
        var checks: [UInt8] = []
        for (piece, secrets) in zip(pieces, BodySecret.all(in: pieces)) {
            switch piece {
            case .bytes(let bytes):
                let word = secretFree(bytes, secrets, in: "the body")
                checks += word.checks
                source += word.printed
            case .file(let file):
                checks += Array("test -r ".utf8) + ShellWord(file.path).quoted + Array(" && ".utf8)
                source += Array("cat ".utf8) + ShellWord(file.path).quoted
            }
            source += Array("; ".utf8)
        }
        let isTyped = request.headers.decides("content-type")
        let untyped = isTyped ? [] : [ShellWord("-H"), ShellWord("Content-Type:")]
        return (piped + untyped, "POST", checks + source + Array("}".utf8))
    }

    /// The file that is the whole body of a request, if there is one.
    private func upload(of request: Request) -> FileReference? {
        guard let pieces = request.upload?.pieces, pieces.count == 1, case .file(let file) = pieces[0] else {
            return nil
        }
        return file
    }

    /// A word with a variable for each secret.
    private mutating func secretFree(_ bytes: [UInt8], _ secrets: [BodySecret], in place: String) -> ShellWord {
        var word = ShellWord()
        var end = 0
        for secret in secrets {
            word.append(Array(bytes[end..<secret.range.lowerBound]))
            let name = variable(secret.name, Array(bytes[secret.range]), meaning: "\(secret.name) in \(place)")
            word.append(variable: name)
            end = secret.range.upperBound
        }
        word.append(Array(bytes[end...]))
        return word
    }

    /// What a variable means, with the host where others mean the same.
    func meaning(of variable: Variable) -> String {
        guard let host = variable.host, variables.count(where: { $0.meaning == variable.meaning }) > 1 else {
            return variable.meaning
        }
        return "\(variable.meaning) for \(host)"
    }

    /// The variable of a secret; equal ones have one.
    mutating func variable(_ name: String, _ value: [UInt8], meaning: String) -> String {
        let base =
            "FETCHALL_"
            + name.uppercased().unicodeScalars.map { scalar in
                scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    ? String(scalar) : "_"
            }.joined()
        let key = SecretKey(name: base, value: value)
        if let known = names[key] { return known }
        let others = names.keys.count { $0.name == base }
        let variable = others == 0 ? base : "\(base)_\(others + 1)"
        names[key] = variable
        variables.append(Variable(name: variable, meaning: meaning, host: host))
        return variable
    }
}
