import ArgumentParser
import FetchCore

/// What is kept from one run to the next, and within one.
struct StateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep answers and ask only whether they are still good; --cache=FILE names the file. (see: fetchall cache path)",
            valueName: "file"))
    var cache: String?

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

    /// The cache's file; nil without `--cache`.
    ///
    /// - Parameter environment: Reads an environment variable.
    func cacheFile(environment: (String) -> String?) throws -> String? {
        guard let cache else { return nil }
        if cache != OptionalValue.none { return cache }
        let file = try CacheLocation.standard(environment: environment)
        CacheLocation.makeFolders(of: file)
        return file
    }
}
