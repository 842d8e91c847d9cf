import FetchSystem

/// Character classes of a ``URLPattern``: `[a-z0-9]`, `[^/]`, `[[:alpha:]_]`, `\d`.
enum URLPatternClass {
    /// Parses from after the `[` to after the `]`.
    static func parse(
        _ scalars: [Unicode.Scalar], _ position: inout Int, _ failure: (String) -> ParseFailure
    ) throws(ParseFailure) -> ByteClass {
        var set = ByteClass()
        var isInverted = false
        if position < scalars.count, scalars[position] == "^" {
            isInverted = true
            position += 1
        }
        var isFirst = true
        while true {
            guard position < scalars.count else { throw failure("] is missing") }
            // As in POSIX, a ] at the first position is literal.
            if scalars[position] == "]", !isFirst { break }
            isFirst = false
            if let named = try namedClass(scalars, &position, failure) {
                set.formUnion(named)
                continue
            }
            switch try element(scalars, &position, failure) {
            case .set(let escaped): set.formUnion(escaped)
            case .byte(let low):
                guard position + 1 < scalars.count, scalars[position] == "-", scalars[position + 1] != "]" else {
                    set.insert(low)
                    continue
                }
                position += 1
                guard case .byte(let high) = try element(scalars, &position, failure), high >= low else {
                    throw failure("a range must go from a lower to a higher character")
                }
                set.insert(low...high)
            }
        }
        position += 1
        return isInverted ? set.inverted : set
    }

    /// `\d`, `\w`, `\s`, and their complements in capitals.
    static func escape(_ scalar: Unicode.Scalar) -> ByteClass? {
        switch scalar {
        case "d": .digit
        case "D": ByteClass.digit.inverted
        case "w": .word
        case "W": ByteClass.word.inverted
        case "s": .space
        case "S": ByteClass.space.inverted
        default: nil
        }
    }

    private enum Element {
        case byte(UInt8)
        case set(ByteClass)
    }

    private static func element(
        _ scalars: [Unicode.Scalar], _ position: inout Int, _ failure: (String) -> ParseFailure
    ) throws(ParseFailure) -> Element {
        var scalar = scalars[position]
        position += 1
        if scalar == "\\" {
            guard position < scalars.count else { throw failure("] is missing") }
            scalar = scalars[position]
            position += 1
            if let set = escape(scalar) { return .set(set) }
        }
        guard scalar.isASCII else { throw failure("a class may contain ASCII characters only: URLs contain no others") }
        return .byte(UInt8(scalar.value))
    }

    /// `[:alpha:]` and similar names inside a class.
    private static func namedClass(
        _ scalars: [Unicode.Scalar], _ position: inout Int, _ failure: (String) -> ParseFailure
    ) throws(ParseFailure) -> ByteClass? {
        guard scalars[position...].starts(with: "[:".unicodeScalars),
            let end = scalars[(position + 2)...].firstIndex(of: ":"), end + 1 < scalars.count, scalars[end + 1] == "]"
        else { return nil }
        let name = scalars[(position + 2)..<end].reduce(into: "") { $0.unicodeScalars.append($1) }
        position = end + 2
        switch name {
        case "alpha": return ByteClass(ranges: [0x41...0x5A, 0x61...0x7A])
        case "digit": return .digit
        case "alnum": return ByteClass(ranges: [0x30...0x39, 0x41...0x5A, 0x61...0x7A])
        case "upper": return ByteClass(ranges: [0x41...0x5A])
        case "lower": return ByteClass(ranges: [0x61...0x7A])
        case "xdigit": return ByteClass(ranges: [0x30...0x39, 0x41...0x46, 0x61...0x66])
        case "space", "blank": return .space
        case "punct": return ByteClass(ranges: [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])
        default: throw failure("[:\(name):] is not a known class")
        }
    }
}
