import FetchRecords
import FetchSystem
import SystemPackage
import FetchArgumentParser

/// The options for the bodies of a list: one request for each line, and the files that a list may send.
struct ListBodyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Send one request for each line of this file to the URL, the line as the body; - is standard input.",
            valueName: "file"))
    var eachLine: String?

    @Option(
        help: ArgumentHelp(
            "Let requests of lists send files below this folder. (default: a list file those below its own folder)",
            valueName: "dir"))
    var allowFiles: String?

    func validate() throws {
        try OptionValue.checkFile(eachLine, "--each-line")
        try OptionValue.checkFile(allowFiles, "--allow-files")
        guard let allowFiles else { return }
        guard let status = try? Stat(allowFiles), status.type == .directory else {
            throw ValidationError("--allow-files: \(TerminalText.escaped(allowFiles)) is not a directory")
        }
    }

    /// The files that requests of lists may send; nil for those below the folder of each list.
    var files: ListFiles? { allowFiles.map { .below($0) } }

    /// Refuses what cannot be used with `--each-line`, and a JSON text in place of a source.
    ///
    /// - Parameters:
    ///   - sources: The sources of the command line.
    ///   - options: The options of the requests.
    ///   - expandsGlobs: Whether globs in URLs are expanded.
    func check(_ sources: [String], _ options: RunOptions, expandsGlobs: Bool) throws {
        for source in sources where Self.looksLikeJSON(source) {
            let shown = TerminalText.fit(TerminalText.escaped(source), to: 40)
            throw ValidationError(
                "'\(shown)' is not a source; send a JSON body with --json-data (--json is the format of the output)")
        }
        guard eachLine != nil else { return }
        let request = options.request
        if let other = request.bodies.given.first ?? (request.bodies.get ? "-G" : nil) {
            throw ValidationError("--each-line and \(other) cannot be used together: the line is the body")
        }
        if request.head { throw ValidationError("-I requests headers only; it cannot be used with --each-line") }
        if let option = options.downloads.checksum != nil
            ? "--checksum" : options.downloads.checksums.map({ _ in "--checksums" })
        {
            throw ValidationError("--each-line and \(option) cannot be used together: a checksum belongs to a URL")
        }
        if allowFiles != nil {
            throw ValidationError("--each-line and --allow-files cannot be used together: the line is the body")
        }
        guard sources.count == 1, let url = sources.first, SourceReader.isURL(url) else {
            throw ValidationError("--each-line needs exactly one source, the URL that every line is sent to")
        }
        if expandsGlobs, SourceReader.hasGlobs(url) {
            throw ValidationError("--each-line needs one URL, without [ ] and { } (or --globoff)")
        }
    }

    /// Whether a source is JSON, or the file of it as curl's `--json` takes it.
    private static func looksLikeJSON(_ source: String) -> Bool {
        let text = source.drop { $0 == " " || $0.isNewline || $0 == "\t" }
        guard let first = text.first, first == "{" || first == "[" else { return false }
        if (try? JSONValue.parse(Array(text.utf8)[...])) != nil { return true }
        return first == "{" && text.dropFirst().first { $0 != " " && !$0.isNewline } == "\""
    }
}
