import FetchRecords
import FetchSystem
import FetchTransport
import FetchArgumentParser

/// The options for saved bodies: what they must be, and what their records say.
struct DownloadOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Fail unless the body of the one URL has this digest: sha256=HEX, sha512=, sha1= or md5=.",
            valueName: "digest"),
        transform: OptionValue.checksum)
    var checksum: Checksum?

    @Option(
        help: ArgumentHelp(
            "Verify bodies by this list of 'HEX  name' or 'SHA256 (name) = HEX'; a name is a URL or a file.",
            valueName: "file"))
    var checksums: String?

    @Option(
        help: ArgumentHelp(
            "Put the digest of each body into its record: sha256, sha512, sha1 or md5.", valueName: "algorithm"),
        completion: .list(["sha256", "sha512", "sha1", "md5"]), transform: OptionValue.digestAlgorithm)
    var hash: DigestAlgorithm?

    func validate() throws {
        if checksums == "" { throw ValidationError("--checksums needs a file name") }
        if checksum != nil, checksums != nil {
            throw ValidationError("--checksum and --checksums cannot be used together")
        }
    }

    /// Refuses what has no body to work on.
    ///
    /// - Parameter asksForBodies: Whether the requests do.
    func check(_ output: OutputOptions, asksForBodies: Bool) throws {
        if !asksForBodies, output.saving.directory != nil {
            let option = output.saving.outputDir == nil ? "-O" : "--output-dir"
            throw ValidationError("\(option) needs bodies: leave out -I and -X HEAD")
        }
        let options = [
            checksum == nil ? nil : "--checksum", checksums == nil ? nil : "--checksums", hash == nil ? nil : "--hash",
        ]
        guard let option = options.compactMap({ $0 }).first else { return }
        guard asksForBodies else { throw ValidationError("\(option) needs bodies: leave out -I and -X HEAD") }
        guard output.saving.directory != nil || output.body else {
            throw ValidationError("\(option) needs bodies: save them with --output-dir, or keep them with --body")
        }
    }

    /// The checksums of the inputs; nil for none.
    ///
    /// - Throws: `ValidationError` for a list that cannot be read.
    func inputChecksums(_ output: OutputOptions) throws -> InputChecksums? {
        if let checksum { return InputChecksums(checksum) }
        guard let checksums else {
            guard output.saving.directory == nil, !output.body else { return nil }
            return InputChecksums(
                refusing: "its checksum needs a body: save bodies with --output-dir, or keep them with --body")
        }
        let template = output.saving.directory == nil ? nil : try output.saving.template()
        do throws(InputFailure) {
            return InputChecksums(try ChecksumList.read(checksums)) { input, url in template?.name(for: input, url: url)
            }
        } catch {
            throw ValidationError("--checksums: \(error.message)")
        }
    }

    /// Refuses one checksum for several inputs.
    ///
    /// - Parameter count: The number of inputs; nil for a list.
    func check(count: Int?) throws {
        guard checksum != nil, count != 1 else { return }
        let given = count.map { "but \($0 == .max ? "too many to count" : "\($0)") are given" } ?? "not for a list"
        throw ValidationError(
            "--checksum is for one URL, \(given); use --checksums FILE, or {\"url\":…,\"sha256\":…} in JSON lines")
    }

    /// Tells which bodies were not verified because the list does not have them.
    func sayUnlisted(_ inputs: InputChecksums?, _ output: OutputOptions, _ console: Console) {
        guard let checksums, let missing = inputs?.unlisted, missing.count > 0, !output.quiet else { return }
        let others = missing.count > 1 ? " and \(missing.count - 1) more" : ""
        let file = checksums == "-" ? "standard input" : TerminalText.escaped(checksums)
        console.say("fetchall: not verified, because \(file) has no checksum for it: \(missing.first)\(others)")
    }
}
