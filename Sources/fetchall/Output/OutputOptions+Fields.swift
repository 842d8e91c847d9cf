import FetchRecords
import FetchSystem
import FetchArgumentParser

/// The format of `-w` from a file, and the fields that an output has no place for.
extension OutputOptions {
    /// Refuses fields that the records of the output do not have.
    func checkFields() throws {
        let optional = body ? "--body" : includeHeaders ? "--include-headers" : hash == nil ? nil : "--hash"
        guard sqlite == nil, !writesFromFile, let option = optional else { return }
        let place: String
        switch chosenFormat {
        case .json, .jsonl: return
        case .table, .github: place = "a table has"
        case .csv, .tsv:
            if option == "--hash" { return }
            place = "CSV and TSV have"
        case nil:
            if try writeOutFormatter()?.writesRecord == true { return }
            place = "this -w has"
        }
        let columns = option == "--hash" ? "--format csv, " : ""
        throw ValidationError(
            "\(option): \(place) no place for it; use --json, --jsonl, \(columns)--sqlite or -w '%{json}'")
    }

    /// The same options with the text of `-w @FILE`. It is read once, because it may come from standard input.
    ///
    /// - Throws: `ValidationError` for a file that cannot be read, or whose text is not a format.
    func loadingWriteOut() throws -> OutputOptions {
        guard let writeOut, writesFromFile else { return self }
        var loaded = self
        do {
            // As in curl, line breaks are dropped; the format says \n where it wants one.
            let bytes = try WholeFile.read(String(writeOut.dropFirst())).filter { ![0x0A, 0x0D, 0].contains($0) }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ValidationError("-w: \(TerminalText.escaped(String(writeOut.dropFirst()))) is not UTF-8 text")
            }
            loaded.writeOut = text
        } catch let failure as InputFailure {
            throw ValidationError("-w: \(failure.message)")
        }
        loaded.writeOutIsLoaded = true
        _ = try loaded.writeOutFormatter()
        try loaded.checkFields()
        return loaded
    }

    var writesFromFile: Bool { !writeOutIsLoaded && writeOut?.hasPrefix("@") == true }

    /// Tells which members the jq program names that the records do not have; it would read null.
    func sayMissingMembers(_ console: Console) {
        guard let jq, !quiet else { return }
        let optional =
            (body ? [] : BodyValue.members.map { ($0, "--body") })
            + (includeHeaders ? [] : [("headers", "--include-headers")])
            + DigestAlgorithm.allCases.filter { $0 != hash }.map { ($0.rawValue, "--hash \($0.rawValue)") }
        for (name, option) in optional where JQMembers.names(name, in: jq) {
            console.say("fetchall: --jq: a record has .\(name) with \(option) only")
        }
    }
}
