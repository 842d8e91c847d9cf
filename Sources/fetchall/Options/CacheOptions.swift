import ArgumentParser
import FetchCore

/// Answers that are kept from one run to the next.
struct CacheOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep answers and ask only whether they are still good; --cache=FILE names the file. (see: fetchall cache path)",
            valueName: "file"))
    var cache: String?

    /// The cache's file; nil without `--cache`.
    ///
    /// - Parameter environment: Reads an environment variable.
    func file(environment: (String) -> String?) throws -> String? {
        guard let cache else { return nil }
        if cache != OptionalValue.none { return cache }
        let file = try CacheLocation.standard(environment: environment)
        CacheLocation.makeFolders(of: file)
        return file
    }
}
