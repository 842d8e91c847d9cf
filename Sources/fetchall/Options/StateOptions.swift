import ArgumentParser
import FetchCore

/// What is kept from one run to the next, and within one.
struct StateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Note what is done in a file; the same command with the same file goes on where it ended.",
            valueName: "file"))
    var resume: String?

    @Flag(help: "Fetch what occurs more than once only once; every line gets its record.")
    var dedupe = false

    func validate() throws {
        if resume?.isEmpty == true { throw ValidationError("--resume needs the name of a file") }
    }
}
