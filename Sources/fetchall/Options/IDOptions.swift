import FetchRecords
import FetchSystem
import FetchArgumentParser

/// The ids that `gather` and `map` insert for `{id}`.
struct IDOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Read ids from this file, one per line; - reads standard input.", valueName: "file"))
    var each: [String] = []

    @Option(
        help: ArgumentHelp("Read ids from this CSV file, which has a header line (with --column).", valueName: "file"))
    var csv: String?

    @Option(help: ArgumentHelp("Name of the column of --csv that holds the ids.", valueName: "name"))
    var column: String?

    func validate() throws {
        if csv != nil, column == nil { throw ValidationError("--csv needs --column NAME") }
        if column != nil, csv == nil { throw ValidationError("--column needs --csv FILE") }
    }

    /// Whether no source of ids is named.
    var isEmpty: Bool { each.isEmpty && csv == nil }

    /// Whether ids come from standard input.
    func readsStandardInput(_ arguments: [String]) -> Bool { (arguments + each + [csv ?? ""]).contains("-") }

    /// Opens the sources of ids.
    ///
    /// - Parameters:
    ///   - arguments: Ids and ranges from the command line.
    ///   - dropsRepeated: Whether an id that occurs twice counts once.
    ///   - console: Knows whether stdin is open.
    func reader(_ arguments: [String], dropsRepeated: Bool, console: Console) throws -> IDReader {
        let tables = csv.map { [(path: $0, column: column ?? "")] } ?? []
        if readsStandardInput(arguments), console.stdinWasClosed {
            throw ValidationError("standard input is closed")
        }
        do {
            return try IDReader(arguments, lists: each, tables: tables, dropsRepeated: dropsRepeated)
        } catch let failure as InputFailure where failure.reason != .system {
            throw ValidationError(failure.message)
        }
    }
}
