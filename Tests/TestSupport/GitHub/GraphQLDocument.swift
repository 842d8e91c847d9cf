/// A query of GraphQL, as far as the look-alike speaks it (GraphQL October 2021 §2): one operation with variables,
/// fields with aliases and arguments, fragments by name and in line.
package struct GraphQLDocument {
    /// Why a text is no query.
    package struct SyntaxError: Error {
        let message: String
    }

    /// What is asked of an object.
    package indirect enum Selection {
        /// A field under its own name or another.
        case field(alias: String, name: String, arguments: [String: String], selections: [Selection])
        /// `... on Type {…}`
        case inline(type: String, selections: [Selection])
        /// `...name`
        case spread(String)
    }

    /// What is asked of the root.
    package private(set) var selections: [Selection] = []
    private(set) var fragments: [String: (type: String, selections: [Selection])] = [:]
    /// The names of the variables that the operation declares.
    private(set) var variables: Set<String> = []
    private var tokens: ArraySlice<String>

    /// Reads a query.
    package init(_ text: String) throws(SyntaxError) {
        tokens = Self.tokens(text)[...]
        while let first = tokens.first {
            switch first {
            case "query":
                tokens.removeFirst()
                try readVariables()
                selections = try readSelections()
            case "{": selections = try readSelections()
            case "fragment":
                tokens.removeFirst()
                let name = try take()
                try expect("on")
                let type = try take()
                fragments[name] = (type, try readSelections())
            default: throw SyntaxError(message: "Parse error on \"\(first)\"")
            }
        }
    }

    private mutating func readVariables() throws(SyntaxError) {
        guard tokens.first == "(" else { return }
        tokens.removeFirst()
        while tokens.first != ")" {
            let name = try take()
            guard name.hasPrefix("$") else { throw SyntaxError(message: "Parse error on \"\(name)\"") }
            try expect(":")
            // The type; ours are String!.
            guard try take() == "String", try take() == "!" else { throw SyntaxError(message: "expected String!") }
            variables.insert(String(name.dropFirst()))
        }
        tokens.removeFirst()
    }

    private mutating func readSelections() throws(SyntaxError) -> [Selection] {
        try expect("{")
        var result: [Selection] = []
        while tokens.first != "}" {
            if tokens.first == "..." {
                tokens.removeFirst()
                guard tokens.first == "on" else {
                    result.append(.spread(try take()))
                    continue
                }
                tokens.removeFirst()
                let type = try take()
                result.append(.inline(type: type, selections: try readSelections()))
                continue
            }
            var name = try take()
            let alias = name
            if tokens.first == ":" {
                tokens.removeFirst()
                name = try take()
            }
            let arguments = try readArguments()
            let inner = tokens.first == "{" ? try readSelections() : []
            result.append(.field(alias: alias, name: name, arguments: arguments, selections: inner))
        }
        tokens.removeFirst()
        guard !result.isEmpty else { throw SyntaxError(message: "an empty selection set") }
        return result
    }

    private mutating func readArguments() throws(SyntaxError) -> [String: String] {
        var arguments: [String: String] = [:]
        guard tokens.first == "(" else { return arguments }
        tokens.removeFirst()
        while tokens.first != ")" {
            let name = try take()
            try expect(":")
            arguments[name] = try take()
        }
        tokens.removeFirst()
        return arguments
    }

    private mutating func take() throws(SyntaxError) -> String {
        guard let token = tokens.popFirst() else { throw SyntaxError(message: "unexpected end of document") }
        return token
    }

    private mutating func expect(_ token: String) throws(SyntaxError) {
        let found = try take()
        guard found == token else { throw SyntaxError(message: "expected \(token), found \(found)") }
    }

    /// Names, variables with their `$`, punctuation and `...`; commas are blanks (§2.1.7).
    private static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        var rest = text[...]
        while let character = rest.first {
            if character.isWhitespace || character == "," {
                rest.removeFirst()
            } else if rest.hasPrefix("...") {
                tokens.append("...")
                rest = rest.dropFirst(3)
            } else if character.isLetter || character == "_" || character == "$" {
                let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" }
                tokens.append(String(word))
                rest = rest.dropFirst(word.count)
            } else {
                tokens.append(String(rest.removeFirst()))
            }
        }
        return tokens
    }
}
