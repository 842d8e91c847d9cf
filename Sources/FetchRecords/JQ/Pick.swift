package import FetchHTTP
package import FetchSystem

/// Takes a value from each JSON body with jq programs: one program gives the value itself, several give an object.
///
/// A body that is not JSON, a program that fails on it, and a path that does not exist are failures of that record.
package struct Pick: OutcomeFilter {
    /// One `--pick`.
    private struct Item: Sendable {
        let name: String
        let program: JQProgram
        /// Whether the path exists, for programs that are a path; compiled when it is first needed.
        let presence: JQProgram
    }

    private let items: [Item]

    /// Makes a filter.
    ///
    /// - Parameter texts: jq programs, optionally with a name: `.price`, `cost=.offer.price`. An empty list takes the
    ///   whole body.
    /// - Throws: ``InputFailure`` when two of several have the same name.
    package init(_ texts: [String]) throws(InputFailure) {
        var items: [Item] = []
        for text in texts {
            let (name, program) = Self.split(text)
            if texts.count > 1, items.contains(where: { $0.name == name }) {
                throw InputFailure("two expressions are named '\(name)'; write NAME=EXPRESSION")
            }
            items.append(
                Item(name: name, program: JQProgram(program), presence: JQProgram(Self.presence(of: program))))
        }
        self.items = items
    }

    /// The names of the values: of each expression, or `value` for the whole body.
    package var names: [String] { items.isEmpty ? ["value"] : items.map(\.name) }

    /// Compiles the programs.
    package mutating func prepare() throws(InputFailure) {
        for item in items { try item.program.compile() }
    }

    /// Stores the value or the failure in the outcome.
    package mutating func apply(to outcome: inout Outcome) -> Bool {
        guard outcome.isOK else { return true }
        do throws(FetchError) {
            outcome.value = try value(of: outcome.response)
        } catch {
            outcome.error = error
        }
        return true
    }

    private func value(of response: Response?) throws(FetchError) -> [UInt8] {
        let json = try BodyValue.json(of: response)
        guard items.count != 1 else { return try pick(items[0], json) }
        guard !items.isEmpty else { return json }
        var object: [UInt8] = []
        for item in items {
            object.append(object.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
            JSONWriter.string(item.name, into: &object)
            object.append(UInt8(ascii: ":"))
            object += try pick(item, json)
        }
        object.append(UInt8(ascii: "}"))
        return object
    }

    private func pick(_ item: Item, _ json: [UInt8]) throws(FetchError) -> [UInt8] {
        let outputs: [JQProgram.Output]
        do throws(InputFailure) {
            outputs = try item.program.run(json[...])
        } catch {
            throw FetchError(.unparsable, "\(item.program.text): \(error.message)")
        }
        guard outputs.count <= 1 else {
            throw FetchError(
                .unparsable, "\(item.program.text) gives \(outputs.count) values; write [\(item.program.text)]")
        }
        guard let value = outputs.first?.json, value != Self.null || isThere(item, json) else {
            throw FetchError(.unparsable, "\(item.program.text) is not in the body")
        }
        return value
    }

    /// Whether a null comes from the body. jq also returns null for a missing member.
    private func isThere(_ item: Item, _ json: [UInt8]) -> Bool {
        guard (try? item.presence.compile()) != nil else { return true }
        // A program that is not a path (`.a | length`) fails here; its null is intended.
        guard let outputs = try? item.presence.run(json[...]) else { return true }
        return outputs.first?.json == Array("true".utf8)
    }

    private static let null = Array("null".utf8)

    private static func presence(of program: String) -> String {
        ". as $whole | [path(\(program))][0] as $path | if $path == null then false elif $path == [] then true "
            + "else ($path[-1]) as $last | ($whole | getpath($path[:-1])) | if type == \"object\" then has($last) "
            + "elif type == \"array\" then ($last | type) == \"number\" and $last < length and $last >= -length "
            + "else false end end"
    }

    /// The name of an expression: the text before `=`, the last name of a plain path, or the program itself.
    private static func split(_ text: String) -> (name: String, program: String) {
        let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
        let rest = text[name.endIndex...]
        if !name.isEmpty, rest.hasPrefix("="), !rest.hasPrefix("==") {
            return (String(name), String(rest.dropFirst()))
        }
        let last = text.split(separator: ".").last.map(String.init) ?? ""
        let isPath = text.hasPrefix(".") && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
        return (isPath && !last.isEmpty ? last : text, text)
    }
}
