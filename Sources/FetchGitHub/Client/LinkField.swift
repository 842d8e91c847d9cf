/// The Link header (RFC 8288 §3), as far as paginated lists need it.
enum LinkField {
    /// The targets by relation type: `next`, `last`. The first link of a type counts (RFC 8288 §3.3).
    static func targets(in value: String) -> [String: String] {
        var result: [String: String] = [:]
        var rest = value[...]
        while let start = rest.firstIndex(of: "<"), let end = rest[start...].firstIndex(of: ">") {
            let target = String(rest[rest.index(after: start)..<end])
            rest = rest[rest.index(after: end)...]
            let parameters = takeParameters(&rest)
            for relation in parameters.first(where: { $0.name == "rel" })?.value.split(separator: " ") ?? [] {
                let name = relation.lowercased()
                if result[name] == nil { result[name] = target }
            }
        }
        return result
    }

    /// The parameters up to the comma that ends a link; commas in quotes do not end it.
    private static func takeParameters(_ rest: inout Substring) -> [(name: String, value: String)] {
        var parts = [""]
        var isQuoted = false
        var isEscaped = false
        while let character = rest.popFirst() {
            if isEscaped {
                isEscaped = false
                parts[parts.count - 1].append(character)
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                break
            } else if character == ";", !isQuoted {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts.compactMap { part in
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { return nil }
            return (pair[0].trimmed.lowercased(), String(pair[1].trimmed))
        }
    }
}

extension Substring {
    /// The text without blanks at its ends.
    fileprivate var trimmed: Substring {
        var text = self.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
