import FetchHTTP
import FetchRecords
import FetchSystem
import FetchTransport

/// The files that a run writes its records and its failures to.
struct RunFiles: Sendable {
    let records: OutputFile
    /// The list of failures; nil for none.
    let failedTo: OutputFile?
    /// The heads of responses; nil for none.
    var heads: OutputFile?
    /// The reports; nil for none.
    let reports: ReportFiles?
    /// The live page; nil for none.
    let watch: RunWatch?

    /// Opens them; with a journal, where their good part ends according to it.
    ///
    /// - Throws: An ``InputFailure`` with a sentence for the user; `ValidationError` where a report has no file.
    init(
        _ output: OutputOptions, _ journal: ResumeJournal? = nil, for command: OptionRules.Command
    ) throws {
        output.makeFolders()
        // First: a port in use, or a report that cannot be written, leaves the other files as they are.
        watch = try RunWatch(output.reports, command)
        reports = try ReportFiles(output.reports) { SystemEnvironment.value($0) }
        if let journal {
            records = try journal.openOutput(output.output)
            failedTo = try journal.openFailed(output.failedTo)
        } else {
            records = try output.output.map(OutputFile.create) ?? .standardOutput
            failedTo = try output.failedTo.map(OutputFile.create)
        }
        heads = try output.answers?.dumpHeader.map(OutputFile.create)
    }

    /// Takes the file of the records, which is open already, and opens the other.
    init(
        records: OutputFile, _ reports: ReportFiles?, _ watch: RunWatch?, _ output: OutputOptions
    ) throws(InputFailure) {
        self.records = records
        self.watch = watch
        self.reports = reports
        failedTo = try output.failedTo.map(OutputFile.create)
    }

    /// Whether they are regular files. Writes to one do not wait for a reader.
    var areRegular: Bool { records.isFile && failedTo?.isFile ?? true && heads?.isFile ?? true }

    /// Closes them.
    ///
    /// - Returns: The names of those whose bytes could not be stored, each once.
    func close() -> [String] {
        var names: [String] = []
        for file in [records, failedTo, heads].compactMap({ $0 }) where !file.close() && !names.contains(file.name) {
            names.append(file.name)
        }
        return names
    }
}

extension OutputOptions {
    /// Opens the folder of `--output-dir` or `-O`; nil without them.
    ///
    /// - Parameters:
    ///   - saving: How the files are saved.
    ///   - template: The names of the files without `--filename-template`.
    func openFolder(
        _ console: Console, _ saving: SavingOptions,
        _ template: @autoclosure () throws -> FileNameTemplate = .standard
    ) throws -> BodyFolder? {
        guard let directory = self.saving.directory else { return nil }
        let names = try self.saving.filenameTemplate == nil ? template() : self.saving.template()
        do {
            return try BodyFolder(path: directory, template: names, saving: saving) { [console, quiet] in
                if !quiet { console.say("fetchall: \(TerminalText.escaped($0))") }
            }
        } catch {
            throw InputFailure("cannot write to \(TerminalText.escaped(error.message))")
        }
    }
}

extension Console {
    /// Opens the files of a run.
    ///
    /// - Returns: What the closure returns; nil when a file cannot be used, which is said.
    func opening<Opened>(_ open: () async throws -> Opened) async throws -> Opened? {
        do {
            return try await open()
        } catch let failure as InputFailure {
            say("fetchall: \(failure)")
            return nil
        }
    }
}
