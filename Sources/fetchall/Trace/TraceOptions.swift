import FetchArgumentParser

/// The options that show what a run does, or would do.
struct TraceOptions: ParsableArguments {
    @Flag(
        name: [.customShort("v"), .customLong("verbose")],
        help:
            "Write requests, responses, TLS, redirects, retries and every failure to standard error, without secrets; -vv adds libcurl's own text."
    )
    var verbosity: Int

    @Option(
        help: ArgumentHelp(
            "Write all that -vv writes to this file (mode 0600), with bodies as hexadecimal digits and text; only secrets that the run knows are hidden in them.",
            valueName: "file"))
    var trace: String?

    @Flag(
        help:
            "Write the equal curl commands, one per line, and send nothing; secrets are variables of the environment.")
    var curl = false

    func validate() throws {
        try OptionValue.checkFile(trace, "--trace")
        if trace == "-" { throw ValidationError("--trace: standard output is for records; name a file") }
    }
}
