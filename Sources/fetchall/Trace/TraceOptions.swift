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

    @Option(help: ArgumentHelp("The same, with bodies as text only.", valueName: "file"))
    var traceAscii: String?

    @Flag(help: "Begin the lines of -v with the time since the start, as in the file of --trace.")
    var traceTime = false

    @Flag(
        help:
            "Write the equal curl commands, one per line, and send nothing; secrets are variables of the environment.")
    var curl = false

    /// The file that everything is written to.
    var file: String? { trace ?? traceAscii }

    func validate() throws {
        try OptionValue.checkFile(traceAscii, "--trace-ascii")
        if trace != nil, traceAscii != nil {
            throw ValidationError("--trace and --trace-ascii cannot be used together: there is one file")
        }
        if traceAscii == "-" {
            throw ValidationError("--trace-ascii: standard output is for records; name a file")
        }
        try OptionValue.checkFile(trace, "--trace")
        if trace == "-" { throw ValidationError("--trace: standard output is for records; name a file") }
    }
}
