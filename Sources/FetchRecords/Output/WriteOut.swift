package import FetchHTTP
package import FetchSystem

/// curl's `--write-out`: a text with variables, written after each transfer. Nothing is added, not even a line break.
package struct WriteOut: Formatter {
    private enum Piece: Sendable {
        case literal([UInt8])
        case variable(WriteOutVariable)
        case header(String)
    }

    private let pieces: [Piece]
    private var records: JSONRecordWriter

    /// Parses a format: `%{variable}`, `%header{name}`, `%%`, and `\n`, `\r`, `\t`, `\\`.
    ///
    /// - Parameters:
    ///   - format: The format; other text is literal, as in curl.
    ///   - options: The optional fields of `%{json}`.
    package init(_ format: String, options: RecordOptions = RecordOptions()) throws(ParseFailure) {
        pieces = try Self.parse(format[...])
        records = JSONRecordWriter(options: options)
    }

    /// Whether it writes whole records (`%{json}`), which have the optional fields.
    package var writesRecord: Bool {
        pieces.contains { if case .variable(.json) = $0 { true } else { false } }
    }

    /// Does nothing: the format has no beginning.
    package mutating func begin(into out: inout [UInt8]) {}

    /// Appends one record.
    package mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        for piece in pieces {
            switch piece {
            case .literal(let bytes): out.append(contentsOf: bytes)
            case .variable(.onError):
                if outcome.isOK { return }
            case .variable(let variable): variable.append(outcome, records: &records, into: &out)
            case .header(let name):
                let value = outcome.response?.headers[name].map { PrintableURL.value($0, of: name) }
                WriteOutVariable.append(value, into: &out)
            }
        }
    }

    /// Does nothing: the format has no end.
    package mutating func end(into out: inout [UInt8]) {}

    private static func parse(_ format: Substring) throws(ParseFailure) -> [Piece] {
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        func flush() {
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            literal = []
        }
        // Unicode scalars, because CR LF is one Character, and so is a backslash's letter followed by a combining mark.
        var rest = Substring.UnicodeScalarView(format.unicodeScalars)
        while let scalar = rest.popFirst() {
            if scalar == "%", rest.first == "%" {
                rest.removeFirst()
                literal.append(UInt8(ascii: "%"))
            } else if scalar == "%", let name = try braced("{", of: &rest) {
                flush()
                pieces.append(.variable(try variable(named: name)))
            } else if scalar == "%", let name = try braced("header{", of: &rest) {
                guard !name.isEmpty, !name.contains(":") else {
                    throw ParseFailure("%header{\(name)} does not name a header")
                }
                flush()
                pieces.append(.header(name))
            } else if scalar == "%", try braced("output{", of: &rest) != nil {
                throw ParseFailure("%output{} is not supported: all text goes to one file")
            } else if scalar == "\\", let escaped = rest.first.flatMap(control) {
                rest.removeFirst()
                literal.append(escaped)
            } else {
                literal.append(contentsOf: String(scalar).utf8)
            }
        }
        flush()
        return pieces
    }

    /// Removes `{…}` from the front, if it is there, and returns its content.
    private static func braced(
        _ opening: String, of rest: inout Substring.UnicodeScalarView
    ) throws(ParseFailure) -> String? {
        guard rest.starts(with: opening.unicodeScalars) else { return nil }
        let inside = rest.dropFirst(opening.unicodeScalars.count)
        guard let end = inside.firstIndex(of: "}") else {
            throw ParseFailure("a } is missing after %\(opening)\(TerminalText.escaped(String(inside)))")
        }
        rest = inside[inside.index(after: end)...]
        return String(inside[..<end])
    }

    private static func variable(named name: String) throws(ParseFailure) -> WriteOutVariable {
        if let variable = WriteOutVariable(rawValue: name) { return variable }
        if name == "stderr" {
            throw ParseFailure("%{stderr} is not supported: all text goes to one file")
        }
        let known = WriteOutVariable.allCases.map(\.rawValue).sorted().joined(separator: " ")
        throw ParseFailure("%{\(TerminalText.escaped(name))} is not a known variable; known are: \(known)")
    }

    private static func control(_ letter: Unicode.Scalar) -> UInt8? {
        switch letter {
        case "n": 0x0A
        case "r": 0x0D
        case "t": 0x09
        case "\\": UInt8(ascii: "\\")
        default: nil
        }
    }
}
