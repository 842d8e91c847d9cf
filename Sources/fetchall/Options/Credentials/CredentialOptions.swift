import FetchHTTP
import FetchRecords
import FetchSystem
import FetchArgumentParser

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

    func validate() throws { _ = try rules() }

    /// The fields of `--header-for`.
    private func rules() throws -> [CredentialRule] {
        try headerFor.map { text in
            do throws(ParseFailure) {
                return try CredentialRule(text)
            } catch {
                throw ValidationError("--header-for: \(error.message)")
            }
        }
    }

    /// Who gets which of the fields.
    func scope(_ fields: HeaderFields) throws -> CredentialScope {
        CredentialScope(fields, rules: try rules(), toAllHosts: toAllHosts)
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
        var defaults = try defaults()
        let scope = try credentials.scope(defaults.headers)
        guard !scope.isUniform else { return defaults }
        let isQuiet = output.quiet
        defaults.gate = CredentialGate(scope, home: home) { notice in
            if !isQuiet { console.say("fetchall: \(CredentialOptions.line(notice))") }
        }
        return defaults
    }

    /// What decides about requests that are not those of a list, with a line about inputs that do not get credentials.
    ///
    /// - Parameter inputs: The URLs of the command line; the first one's origin gets the credentials.
    func scope(for inputs: [FetchURL], _ output: OutputOptions, _ console: Console) throws -> CredentialScope {
        let scope = try credentials.scope(try defaults().headers)
        let home = inputs.first?.origin
        for url in inputs where !output.quiet {
            let names = scope.withheld(from: url, home: home, besides: scope.fields(for: url, home: home))
            guard !names.isEmpty else { continue }
            let notice = CredentialGate.Notice(names: names, home: home, stranger: url.origin)
            console.say("fetchall: \(CredentialOptions.line(notice))")
            break
        }
        return scope
    }
}
