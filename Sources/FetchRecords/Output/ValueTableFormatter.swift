package import FetchHTTP
import FetchSystem

/// Writes the values of `map` as a table: the id and one column for each expression. The caller passes the outcomes in
/// input order.
package struct MapTableFormatter: Formatter {
    private let names: [String]
    private var table: ValueTable

    /// Makes a formatter.
    ///
    /// - Parameters:
    ///   - names: The names of the values; one name is the value itself.
    ///   - form: How rows are written.
    package init(names: [String], form: ValueTable.Form) {
        self.names = names
        table = ValueTable(form, columns: ["id"] + names)
    }

    /// Appends the header row.
    package mutating func begin(into out: inout [UInt8]) { table.begin(into: &out) }

    /// Appends one row.
    package mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        let value = outcome.value.flatMap { try? JSONValue.parse($0[...]) } ?? .null
        let values = names.count == 1 ? [value] : names.map { value[$0] ?? .null }
        table.append([.string(outcome.input.id ?? outcome.input.text)] + values, into: &out)
    }

    /// Appends the end of the table.
    package mutating func end(into out: inout [UInt8]) { table.end(into: &out) }
}

/// Writes the objects of `gather` as a table: one row for each object with a column for each part, and the id before them
/// if there are several objects. An object that would be null has empty cells.
package struct GatherTableFormatter: Formatter {
    private var objects: GatherFormatter
    private let parts: [GatherPart]
    private let names: [String]
    private let showsID: Bool
    private var table: ValueTable
    private var id: String?
    private var position = 0

    /// Makes a formatter.
    ///
    /// - Parameters:
    ///   - parts: The parts, in the order of the columns.
    ///   - showsTiming: Whether the seconds of each part are a column named `timing`.
    ///   - showsID: Whether there is a column for the id.
    ///   - form: How rows are written.
    package init(parts: [GatherPart], showsTiming: Bool, showsID: Bool, form: ValueTable.Form) {
        objects = GatherFormatter(parts: parts, showsTiming: showsTiming)
        self.parts = parts
        names = parts.map(\.name) + (showsTiming ? ["timing"] : [])
        self.showsID = showsID
        table = ValueTable(form, columns: (showsID ? ["id"] : []) + names)
    }

    /// Appends the header row.
    package mutating func begin(into out: inout [UInt8]) { table.begin(into: &out) }

    /// Takes one part, and appends the row after the last one.
    package mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        var object: [UInt8] = []
        if showsID, let name = outcome.input.id { id = String(name.dropLast(parts[position].name.count + 1)) }
        position = (position + 1) % parts.count
        objects.append(outcome, into: &object)
        append(object, into: &out)
    }

    /// Appends an empty row for an object that the end of the run left incomplete, and the end of the table.
    package mutating func end(into out: inout [UInt8]) {
        var object: [UInt8] = []
        objects.end(into: &object)
        append(object, into: &out)
        table.end(into: &out)
    }

    private mutating func append(_ object: [UInt8], into out: inout [UInt8]) {
        guard !object.isEmpty else { return }
        let value = (try? JSONValue.parse(object[...])) ?? .null
        let values = names.map { value[$0] ?? .null }
        table.append((showsID ? [id.map { .string($0) } ?? .null] : []) + values, into: &out)
    }
}
