import CTOML
import FetchSystem

/// A TOML 1.0 text as a list of its keys. toml++ reads it, at most 1 MiB, 16 levels and 10,000 values.
enum TOMLText {
    /// A value without its key.
    enum Value: Equatable, Sendable {
        case table
        case string(String)
        /// An integer or a real number, as text.
        case number(String)
        case boolean(Bool)
        /// The elements of an array with their lines.
        case array([Element])
        /// A date or a time.
        case date
        /// A table or an array inside an array.
        case nested
    }

    /// An element of an array.
    struct Element: Equatable, Sendable {
        let value: Value
        let line: Int
    }

    /// A key, or the header of a table.
    struct Item: Equatable, Sendable {
        /// The keys from the root.
        let path: [String]
        let line: Int
        var value: Value
    }

    /// Parses a text.
    ///
    /// - Parameter file: The name of the file, for messages.
    /// - Returns: The keys in the order of their lines.
    static func parse(_ bytes: [UInt8], file: String) throws(ConfigMistake) -> [Item] {
        let document = bytes.withUnsafeBufferPointer { ctoml_parse($0.baseAddress, $0.count) }
        guard let document else {
            throw ConfigMistake("there is no memory to read it", at: ConfigSource(file: file))
        }
        defer { ctoml_free(document) }
        var line: UInt32 = 0
        var column: UInt32 = 0
        if let message = ctoml_error(document, &line, &column) {
            let place = column > 1 ? " (column \(column))" : ""
            throw ConfigMistake(
                "\(Self.explained(String(validatingCString: message) ?? "it is not TOML"))\(place)",
                at: ConfigSource(file: file, line: Int(line)))
        }
        return items(of: document)
    }

    /// What toml++ says, in words of a file of settings: it takes `no` for a number that begins like `nan`.
    private static func explained(_ message: String) -> String {
        let kinds = ["floating-point: expected", "boolean: expected", "decimal integer: expected digit", "value: "]
        // How deep values may be is said as it is.
        guard kinds.contains(where: { message.hasPrefix("Error while parsing " + $0) }),
            !message.contains(text: "exceeded")
        else { return message }
        return "what follows = is not a valid value: true or false, a number, or a text in quotes"
    }

    private static func items(of document: OpaquePointer) -> [Item] {
        var items: [(item: Item, column: Int)] = []
        // Elements follow their array.
        var elements: [Element] = []
        func endArray() {
            guard !elements.isEmpty else { return }
            items[items.count - 1].item.value = .array(elements)
            elements = []
        }
        for index in 0..<ctoml_count(document) {
            let entry = ctoml_entry(document, index)
            let value = value(of: entry)
            guard entry.index >= 0 else {
                endArray()
                let path = text(entry.path, entry.path_length).split(
                    separator: "\0", omittingEmptySubsequences: false)
                let item = Item(path: path.map(String.init), line: Int(entry.line), value: value)
                items.append((item, Int(entry.column)))
                continue
            }
            guard case .array? = items.last?.item.value else { continue }
            let isNested = value == .table || value == .array([])
            elements.append(Element(value: isNested ? .nested : value, line: Int(entry.line)))
        }
        endArray()
        return items.sorted { ($0.item.line, $0.column) < ($1.item.line, $1.column) }.map(\.item)
    }

    private static func value(of entry: CTOMLEntry) -> Value {
        switch entry.kind {
        case CTOMLKindTable: .table
        case CTOMLKindArray: .array([])
        case CTOMLKindString: .string(text(entry.text, entry.text_length))
        case CTOMLKindInteger: .number("\(entry.integer)")
        case CTOMLKindReal: .number("\(entry.real)")
        case CTOMLKindBoolean: .boolean(entry.integer != 0)
        default: .date
        }
    }

    private static func text(_ start: UnsafePointer<CChar>, _ count: Int) -> String {
        // toml++ has refused what is not UTF-8.
        let bytes = UnsafeRawBufferPointer(start: start, count: count)
        return String(validating: bytes, as: UTF8.self) ?? ""
    }

    /// A text as a basic string of TOML, with its quotes.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// A key as it may stand in a header or before `=`.
    static func key(_ text: String) -> String {
        let isBare = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == 0x2D || $0 == 0x5F
        }
        return isBare && !text.isEmpty ? text : quoted(text)
    }
}
