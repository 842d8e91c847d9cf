import FetchSystem
import FetchTransport
import FetchArgumentParser

/// The options for bodies that are saved to files.
struct SavingArguments: ParsableArguments {
    @Option(
        name: [.customShort("P"), .long, .customLong("directory-prefix")],
        help: ArgumentHelp(
            "Save bodies to files in this directory, and leave 1 % of the disk free (16M to 1G).", valueName: "dir"))
    var outputDir: String?

    @Flag(
        name: [.customShort("O"), .long, .customLong("remote-name-all")],
        help: "Save bodies to files in the working directory.")
    var remoteName = false

    @Flag(name: [.customShort("J"), .long], help: "Name files after the Content-Disposition of their responses.")
    var remoteHeaderName = false

    @Option(
        help: ArgumentHelp(
            "Name saved files with {index} {id} {host} {path} {name} {ext} {date} {sha256}, and {1} {2} for the globs. (default: {name}; in a crawl {host}/{path})",
            valueName: "template"))
    var filenameTemplate: String?

    @Flag(
        name: .customLong("continue"), inversion: .prefixedNo,
        help:
            "Keep a body that breaks off as NAME.part, and continue it in the next attempt and the next run. (default: --continue)"
    )
    var continues: Bool?

    @Option(
        name: [.customShort("C"), .long], parsing: .unconditional,
        help: ArgumentHelp("Continue where bodies broke off; '-' is the only position.", valueName: "-"))
    var continueAt: String?

    @Option(
        help: ArgumentHelp(
            "Fetch this many ranges of one large file at once, where the server allows it, each on its own connection (HTTP/1.1), within --max. (default: 1)",
            valueName: "n"
        ),
        transform: OptionValue.integer(1...64))
    var segments: Int?

    @Flag(help: "Send nothing for inputs whose file exists.")
    var skipExisting = false

    @Flag(help: "Keep existing files, and name a new one NAME.1.")
    var noClobber = false

    @Flag(
        name: [.customShort("N"), .long],
        help: "Fetch a file that exists only if the server's is newer (If-Modified-Since); implies -R.")
    var timestamping = false

    @Flag(name: [.customShort("R"), .long], help: "Set the time of each file to its Last-Modified.")
    var remoteTime = false

    private enum CodingKeys: CodingKey {
        case outputDir, remoteName, remoteHeaderName, filenameTemplate, continues, continueAt, segments, skipExisting,
            noClobber
        case timestamping, remoteTime
    }

    func validate() throws {
        if outputDir == "" { throw ValidationError("--output-dir needs the name of a directory") }
        if let continueAt, continueAt != "-" {
            throw ValidationError("-C: only '-' is supported, which continues where each body broke off")
        }
        if continueAt != nil, continues == false {
            throw ValidationError("-C and --no-continue cannot be used together")
        }
        if fetchesSegments, continues == false {
            throw ValidationError("--segments and --no-continue cannot be used together: segments are parts")
        }
        if directory == nil, let option = needing.first {
            throw ValidationError("\(option) needs --output-dir or -O")
        }
        let existing = [("--skip-existing", skipExisting), ("--no-clobber", noClobber), ("-N", timestamping)]
            .filter(\.1).map(\.0)
        if existing.count > 1 {
            throw ValidationError("\(existing.joined(separator: " and ")) cannot be used together")
        }
        if remoteHeaderName, let option = existing.first(where: { $0 != "--no-clobber" }) {
            throw ValidationError("-J and \(option) cannot be used together: the name is not known before the response")
        }
        if try template().needsDigest, let option = existing.first(where: { $0 != "--no-clobber" }) {
            throw ValidationError(
                "{sha256} and \(option) cannot be used together: the name is not known before the response")
        }
    }

    /// The options that mean nothing without files.
    private var needing: [String] {
        [
            ("--filename-template", filenameTemplate != nil), ("-J", remoteHeaderName), ("-C", continueAt != nil),
            ("--continue", continues == true), ("--no-continue", continues == false), ("--segments", segments != nil),
            ("--skip-existing", skipExisting), ("--no-clobber", noClobber), ("-N", timestamping), ("-R", remoteTime),
        ].filter(\.1).map(\.0)
    }

    /// The options that only a list of downloads can have; a crawl names its pages itself.
    var forLists: [String] {
        [
            ("-J", remoteHeaderName), ("-C", continueAt != nil), ("--continue", continues == true),
            ("--no-continue", continues == false), ("--segments", segments != nil),
            ("--skip-existing", skipExisting), ("--no-clobber", noClobber), ("-N", timestamping), ("-R", remoteTime),
        ].filter(\.1).map(\.0)
    }

    /// The directory of the files; nil if bodies are not saved.
    var directory: String? { outputDir ?? (remoteName ? "." : nil) }

    /// Whether a large file is fetched with several requests at once. Each has a connection of its own, because servers and
    /// networks limit connections; streams of HTTP/2 would share one.
    var fetchesSegments: Bool { segments ?? 1 > 1 }

    /// How files are saved.
    ///
    /// - Parameter hash: The digest that records have.
    func plan(hash: DigestAlgorithm?) -> SavingOptions {
        SavingOptions(
            continues: continues ?? true, keepsExisting: noClobber, setsTime: remoteTime || timestamping,
            usesRemoteName: remoteHeaderName, skipsExisting: skipExisting, asksForNewer: timestamping, hash: hash,
            segments: segments ?? 1)
    }

    /// The template for the names of saved bodies.
    func template() throws -> FileNameTemplate {
        guard let filenameTemplate else { return .standard }
        do {
            return try FileNameTemplate(filenameTemplate)
        } catch {
            throw ValidationError("--filename-template: \(error.message)")
        }
    }
}
