import FetchSystem

/// A tag of a document: its name without prefix, and the two attributes that a sitemap or a feed may need.
struct XMLTag {
    private let isEnd: Bool
    private let isEmpty: Bool
    private let name: ArraySlice<UInt8>
    private var attributes: [(name: StaticString, value: ArraySlice<UInt8>)] = []

    /// Parses a tag from its `<` to its `>`, in UTF-8. Attributes are read as in HTML: without quotes too.
    init(_ tag: [UInt8]) {
        var body = tag.dropFirst().dropLast()
        isEnd = body.first == UInt8(ascii: "/")
        if isEnd { body.removeFirst() }
        isEmpty = !isEnd && body.last == UInt8(ascii: "/")
        if isEmpty { body.removeLast() }
        let full = body.prefix { !$0.isHTMLSpace && $0 != UInt8(ascii: "/") }
        name = Self.local(full)
        if !isEnd { read(body[full.endIndex...]) }
    }

    /// Appends it with a number of line breaks, so that lines are counted as in the document.
    func append(_ text: XMLText, to output: inout [UInt8], lines: Int) {
        output.append(UInt8(ascii: "<"))
        if isEnd { output.append(UInt8(ascii: "/")) }
        output += name
        for attribute in attributes {
            output.append(UInt8(ascii: " "))
            output += attribute.name.description.utf8
            output += "=\"".utf8
            text.appendDecoded(attribute.value, to: &output)
            output.append(UInt8(ascii: "\""))
        }
        output += repeatElement(0x0A, count: lines)
        if isEmpty { output.append(UInt8(ascii: "/")) }
        output.append(UInt8(ascii: ">"))
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while true {
            rest = rest.drop { $0.isHTMLSpace || $0 == UInt8(ascii: "/") }
            guard !rest.isEmpty else { return }
            let name = rest.prefix { !$0.isHTMLSpace && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "/") }
            rest = rest[name.endIndex...].drop(while: \.isHTMLSpace)
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest = rest.dropFirst().drop(while: \.isHTMLSpace)
            let value: ArraySlice<UInt8>
            if let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                value = rest.dropFirst().prefix { $0 != quote }
                rest = rest[value.endIndex...].dropFirst()
            } else {
                value = rest.prefix { !$0.isHTMLSpace }
                rest = rest[value.endIndex...]
            }
            add(Self.local(name), value)
        }
    }

    /// Keeps the first `rel` and the first `href`.
    private mutating func add(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
        for known in ["rel", "href"] as [StaticString] where name.elementsEqual(known.description.utf8) {
            if !attributes.contains(where: { $0.name.description == known.description }) {
                attributes.append((known, value))
            }
        }
    }

    private static func local(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        name.lastIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name
    }
}
