import FetchArgumentParser

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

    private enum CodingKeys: CodingKey { case config, noConfig }

    func validate() throws {
        try OptionValue.checkFile(config, "--config")
        if config == "-" { throw ValidationError("--config: standard input is for lists; name a file") }
        if config != nil, noConfig { throw ValidationError("--config and --no-config cannot be used together") }
    }
}
