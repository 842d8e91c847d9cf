import FetchSystem

/// Parses the expression of a ``URLPattern``.
struct URLPatternParser {
    private typealias Node = URLPatternCompiler.Node

    /// The maximum length of an expression in characters.
    static let maximumLength = 1_000
    /// The maximum depth of nested groups.
    private static let maximumDepth = 50

    private let text: String
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var ignoresCase = false

    static func parse(_ text: String) throws(ParseFailure) -> URLPatternCompiler.Node {
        guard text.unicodeScalars.count <= maximumLength else {
            throw ParseFailure("the pattern \(ParseFailure.quoted(text)) is longer than \(maximumLength) characters")
        }
        var parser = URLPatternParser(text: text, scalars: Array(text.unicodeScalars))
        if text.hasPrefix("(?i)") {
            parser.ignoresCase = true
            parser.position = 4
        }
        let node = try parser.alternatives()
        guard parser.peek == nil else { throw parser.failure("unmatched )") }
        return node
    }

    private init(text: String, scalars: [Unicode.Scalar]) {
        self.text = text
        self.scalars = scalars
    }

    private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    private func failure(_ reason: String) -> ParseFailure {
        ParseFailure("the pattern \(ParseFailure.quoted(text)) cannot be read at character \(position + 1): \(reason)")
    }

    private mutating func alternatives() throws(ParseFailure) -> Node {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(ParseFailure) -> Node {
        var nodes: [Node] = []
        while let scalar = peek, scalar != "|", scalar != ")" { nodes.append(try repeated(try atom())) }
        return .sequence(nodes)
    }

    private mutating func repeated(_ atom: Node) throws(ParseFailure) -> Node {
        var node = atom
        while let (minimum, maximum) = try quantifier() {
            if case .assert = node { throw failure("nothing to repeat before it") }
            node = .repetition(node, minimum: minimum, maximum: maximum)
            // A lazy quantifier finds another match, but does not change whether there is one.
            _ = take("?")
        }
        return node
    }

    private mutating func quantifier() throws(ParseFailure) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard peek == "{" else { return nil }
        let start = position
        position += 1
        guard let minimum = number() else {
            // As in Perl, a brace that is not a count is literal.
            position = start
            return nil
        }
        var maximum: Int? = minimum
        if take(",") { maximum = number() }
        guard take("}") else { throw failure("} is missing") }
        guard minimum <= 1_000, (maximum ?? minimum) <= 1_000, (maximum ?? minimum) >= minimum else {
            throw failure("the bounds of a repetition must be from 0 to 1000, the smaller one first")
        }
        return (minimum, maximum)
    }

    private mutating func number() -> Int? {
        let start = position
        var value = 0
        while let scalar = peek, scalar >= "0", scalar <= "9" {
            value = min(value * 10 + Int(scalar.value - 48), 10_000)
            position += 1
        }
        return position > start ? value : nil
    }

    private mutating func atom() throws(ParseFailure) -> Node {
        guard let scalar = peek else { throw failure("an expression is missing") }
        position += 1
        switch scalar {
        case ".": return .byte(.all)
        case "^": return .assert(.start)
        case "$": return .assert(.end)
        case "(": return try group()
        case "[":
            var set = try URLPatternClass.parse(scalars, &position) { [self] in failure($0) }
            if ignoresCase { set = set.ignoringCase }
            return .byte(set)
        case "\\": return try escape()
        case "*", "+", "?":
            position -= 1
            throw failure("nothing to repeat before it")
        default: return literal(scalar)
        }
    }

    private mutating func group() throws(ParseFailure) -> Node {
        if take("?"), !take(":") {
            throw failure("only (?:…), and (?i) at the start, are supported of the groups that begin with (?")
        }
        depth += 1
        guard depth <= Self.maximumDepth else { throw failure("more than \(Self.maximumDepth) nested groups") }
        let node = try alternatives()
        guard take(")") else { throw failure(") is missing") }
        depth -= 1
        return node
    }

    private mutating func escape() throws(ParseFailure) -> Node {
        guard let scalar = peek else { throw failure("nothing follows the \\") }
        position += 1
        switch scalar {
        case "b": return .assert(.boundary)
        case "B": return .assert(.noBoundary)
        default: break
        }
        if let set = URLPatternClass.escape(scalar) { return .byte(set) }
        guard !scalar.properties.isAlphabetic, !(scalar >= "0" && scalar <= "9") else {
            position -= 1
            throw failure("\\\(scalar) is not a supported escape; back-references are not supported")
        }
        return literal(scalar)
    }

    /// A character as in a URL, where characters beyond ASCII are percent-encoded.
    private func literal(_ scalar: Unicode.Scalar) -> Node {
        guard !scalar.isASCII else {
            let set = ByteClass(ranges: [UInt8(scalar.value)...UInt8(scalar.value)])
            return .byte(ignoresCase ? set.ignoringCase : set)
        }
        var bytes: [UInt8] = []
        for byte in String(scalar).utf8 { PercentEncoding.append(byte, to: &bytes) }
        return .sequence(bytes.map { .byte(ByteClass(ranges: [$0...$0]).ignoringCase) })
    }
}
