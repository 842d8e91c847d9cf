import FetchHTTP
import FetchRecords
import FetchSystem
import FetchArgumentParser
import SystemPackage

/// The options that say to whom credentials are sent.
struct CredentialOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Send this header to this host only, wherever it is in the input; without a port to https at 443. An IPv6 address is [::1].",
            valueName: "host[:port]:name:value"))
    var headerFor: [String] = []

    @Flag(
        help:
            "Send the credentials of -u, -b and -H to the hosts of all inputs, in a crawl of all seeds. (default: to the first input's origin only)"
    )
    var toAllHosts = false

    @Option(
        name: [.long, .customLong("oauth2-bearer")], parsing: .unconditional,
        help: ArgumentHelp("Send this token as Bearer authentication; @FILE reads it from a file.", valueName: "token"))
    var bearer: String?

    @Flag(name: [.customShort("n"), .long], help: "Take users and passwords from ~/.netrc.")
    var netrc = false

    @Option(help: ArgumentHelp("Take users and passwords from this file in the format of .netrc.", valueName: "file"))
    var netrcFile: String?

    @Flag(help: "Take users and passwords from .netrc if it is there; those of a URL come first.")
    var netrcOptional = false

    func validate() throws {
        _ = try rules()
        if let bearer, bearer.isEmpty || bearer == "@" { throw ValidationError("--bearer needs a token, or @FILE") }
        if bearer == "@-" {
            throw ValidationError("--bearer: a token is not read from standard input; name a file, such as /dev/fd/3")
        }
        try OptionValue.checkFile(netrcFile, "--netrc-file")
        if netrcFile == "-" { throw ValidationError("--netrc-file: standard input is for lists; name a file") }
    }

    /// The value of Authorization that `-u` or `--bearer` stands for; nil without them.
    ///
    /// - Parameter console: Asks for a password; nil to ask for none.
    func authorization(_ user: String?, _ console: Console?) throws -> [UInt8]? {
        if bearer != nil { return Array("Bearer ".utf8) + (try token()) }
        guard let user else { return nil }
        var pair = ByteText.bytes(of: user)
        if !user.contains(":") {
            pair.append(UInt8(ascii: ":"))
            if let console {
                let name = TerminalText.escaped(ByteText.shown(user))
                guard let password = PasswordPrompt.ask("Password for user '\(name)': ", console.signals) else {
                    throw ValidationError(
                        "-u: '\(name)' has no password, and there is no terminal to ask for it; write USER:PASSWORD")
                }
                pair += password
            }
        }
        return Array(Credentials(pair: pair).basic.utf8)
    }

    /// The token of `--bearer` (RFC 6750 §2.1), without the line break of its file.
    private func token() throws -> [UInt8] {
        guard let bearer else { return [] }
        var token = ByteText.bytes(of: bearer)
        if bearer.hasPrefix("@") {
            do throws(InputFailure) {
                token = try WholeFile.read(String(bearer.dropFirst()))
            } catch {
                throw ValidationError("--bearer: \(error.message)")
            }
            while let last = token.last, last == 0x0A || last == 0x0D { token.removeLast() }
        }
        if let problem = BearerToken.problem(token) { throw ValidationError("--bearer: \(problem)") }
        return token
    }

    /// The file of users and passwords; nil if none is to be used.
    private func netrc(_ output: OutputOptions, _ console: Console) throws -> Netrc? {
        guard netrc || netrcOptional || netrcFile != nil else { return nil }
        guard let path = netrcFile ?? console.environment("HOME").map({ $0 + "/.netrc" }) else {
            if netrcOptional { return nil }
            throw ValidationError("--netrc: HOME is not set; name the file with --netrc-file")
        }
        if netrcOptional, !SystemFile.exists(path) { return nil }
        let name = TerminalText.escaped(path)
        do {
            let file = try Netrc(try WholeFile.read(path), prefersURL: netrcOptional)
            if !output.quiet, let status = try? Stat(path), status.permissions.contains(.otherRead) {
                console.say(
                    "fetchall: \(name) can be read by every user of this machine; chmod 600 \(name) prevents it")
            }
            return file
        } catch let failure as ParseFailure {
            throw ValidationError("\(name): \(failure.message)")
        } catch let failure as InputFailure {
            throw ValidationError("--netrc: \(failure.message)")
        }
    }

    /// The fields of `--header-for`.
    func rules() throws -> [CredentialRule] {
        try headerFor.map { text in
            do throws(ParseFailure) {
                return try CredentialRule(text)
            } catch {
                throw ValidationError("--header-for: \(error.message)")
            }
        }
    }

    /// The names, in small letters, of the fields of `--header-for`.
    func ruleNames() throws -> Set<String> { Set(try rules().map { $0.name.lowercased() }) }

    /// Who gets which of the fields.
    ///
    /// - Parameters:
    ///   - config: The settings of files: what they have for certain hosts.
    ///   - usesNetrc: Whether the file of users and passwords is used, if there is one.
    func scope(
        _ fields: HeaderFields, _ config: ConfigOptions, _ output: OutputOptions, _ console: Console,
        usesNetrc: Bool = true
    ) throws -> CredentialScope {
        config.sayExposed(output, console)
        return CredentialScope(
            fields, rules: try rules() + config.rules(output),
            netrc: usesNetrc ? try netrc(output, console) : nil, toAllHosts: toAllHosts,
            replaceable: config.fieldNames)
    }

    /// What must be the same in each run that records its progress; nothing where no such option is given.
    func identity() throws -> [(name: String, value: String)] {
        let plain = try rules().filter { !SecretName.occurs(in: $0.name) }
        guard !plain.isEmpty else { return [] }
        let texts = plain.map { rule in "\(rule.hosts) \(rule.name) \(ByteText.text(of: rule.value))" }
        return [("--header-for", Digest.text(of: texts))]
    }

    /// The line about credentials that an origin does not get.
    static func line(_ notice: CredentialGate.Notice) -> String {
        let names = notice.names.joined(separator: ", ")
        let verb = notice.names.count == 1 ? "is" : "are"
        let why =
            notice.home.map { "\(verb) for \($0), the first input's origin" }
            ?? "\(verb) for the first input's origin, and that input is not valid"
        return "\(names) \(why); \(notice.stranger) does not get \(notice.names.count == 1 ? "it" : "them") "
            + "(--header-for HOST[:PORT]:NAME:VALUE or [hosts] in a configuration file names other hosts, --to-all-hosts all)"
    }
}

extension RunOptions {
    /// The method, headers and body of plain URLs, with what decides which input gets which headers.
    ///
    /// - Parameter home: The origin that gets the credentials; nil for that of the first input.
    func defaults(_ output: OutputOptions, _ console: Console, home: Origin? = nil) throws -> RequestDefaults {
        boundPrograms()
        var defaults = try defaults(asking: output.onlyPlans ? nil : console)
        let scope = try credentials.scope(defaults.headers, config, output, console)
        guard !scope.isUniform else { return defaults }
        let isQuiet = output.quiet
        defaults.gate = CredentialGate(scope, home: home) { notice in
            if !isQuiet { console.say("fetchall: \(CredentialOptions.line(notice))") }
        }
        return defaults
    }

    /// What decides about requests that are not those of a list, with a line about inputs that do not get credentials.
    ///
    /// - Parameters:
    ///   - inputs: The URLs of the command line; the first one's origin gets the credentials.
    ///   - usesNetrc: Whether the file of users and passwords is used, if there is one.
    func scope(
        for inputs: [FetchURL], _ output: OutputOptions, _ console: Console, usesNetrc: Bool = true
    ) throws -> CredentialScope {
        boundPrograms()
        let defaults = try defaults(asking: output.onlyPlans ? nil : console)
        let scope = try credentials.scope(defaults.headers, config, output, console, usesNetrc: usesNetrc)
        let home = inputs.first?.origin
        for url in inputs { _ = scope.fields(for: url, home: home) }
        if let message = config.failures.message { throw ValidationError(message) }
        for url in inputs where !output.quiet {
            let names = scope.withheld(from: url, home: home, besides: scope.fields(for: url, home: home))
            guard !names.isEmpty else { continue }
            let notice = CredentialGate.Notice(names: names, home: home, stranger: url.origin)
            console.say("fetchall: \(CredentialOptions.line(notice))")
            break
        }
        return scope
    }

    /// Lets no program that gives a value outlast the deadline.
    private func boundPrograms() {
        if let deadline = concurrency.deadline, deadline > .zero { ProgramOutput.end(after: deadline) }
    }
}
