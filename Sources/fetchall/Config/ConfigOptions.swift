import FetchArgumentParser
import FetchSystem
import SystemPackage

/// The options for configuration files. They are read before the parser runs; see ``ConfiguredArguments``.
struct ConfigOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read defaults from this file (TOML, keys are the long names of options). (default: FETCHALL_CONFIG; see fetchall config path)",
            valueName: "file"))
    var config: String?

    @Flag(help: "Read no file of defaults, neither your own nor ./fetchall.toml.")
    var noConfig = false

    /// What the file says about hosts. The file sets it, not the user.
    var hosts: [HostRule] = []
    /// The names, in small letters, of fields that files have for all hosts; those for one host take precedence.
    var fieldNames: Set<String> = []
    /// What happened when values of hosts were read.
    let failures = SecretFailures()
    /// Which of the hosts the input has.
    let matches = HostMatches()

    /// The user's file, if secrets are written in it and other users of this machine can read it.
    var exposedFile: String?

    private enum CodingKeys: CodingKey { case config, noConfig }

    func validate() throws {
        try OptionValue.checkFile(config, "--config")
        if config == "-" { throw ValidationError("--config: standard input is for lists; name a file") }
        if config != nil, noConfig { throw ValidationError("--config and --no-config cannot be used together") }
    }

    /// Warns about a file of secrets that others can read, unless the run is quiet.
    func sayExposed(_ output: OutputOptions, _ console: Console) {
        guard let exposedFile, !output.quiet else { return }
        let name = TerminalText.escaped(exposedFile)
        console.say("fetchall: \(name) can be read by every user of this machine; chmod 600 \(name) prevents it")
    }
}

extension ConfigFiles {
    /// The user's file, if a secret is written in it and every user of this machine can read it.
    var exposedUserFile: String? {
        guard let place, let user, user.holdsSecret,
            !ByteText.holdsBytes(place.path), let status = try? Stat(place.path),
            status.permissions.contains(.otherRead)
        else { return nil }
        return place.path
    }
}

extension ConfigFile {
    /// Whether a secret itself is written in the file, not where it is.
    fileprivate var holdsSecret: Bool {
        hosts.contains { $0.fields.contains(where: \.value.isSecret) } || settings.contains(where: \.isSecret)
    }
}

extension ConfigSetting {
    fileprivate var isSecret: Bool {
        value.texts.contains { SecretSetting.hidden($0, of: option) != $0 }
    }
}
