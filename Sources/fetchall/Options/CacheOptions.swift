import FetchArgumentParser

/// The option for responses that are stored between runs.
struct CacheOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Cache responses and revalidate them (RFC 9111); --cache=FILE names the file. (default file: see fetchall cache path)",
            valueName: "file"))
    var cache: String?

    func validate() throws { try OptionValue.checkFile(cache, "--cache") }

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
