/// Validates JSON texts without building values, and copies them onto one line.
package enum JSONText {
    /// The maximum nesting depth. Other readers have limits too (jq 1.6: 256), and a body is two levels deep in our own
    /// document.
    static let depthLimit = 128

    /// Throws unless the bytes are one JSON text (RFC 8259) in UTF-8 without BOM, at most ``depthLimit`` deep, with
    /// every surrogate escape paired.
    package static func validate(_ bytes: ArraySlice<UInt8>) throws(ParseFailure) {
        var reader = JSONReader(bytes)
        while try reader.next() != nil {}
    }

    /// Whether ``validate(_:)`` accepts the bytes.
    static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
        (try? validate(bytes)) != nil
    }

    /// Appends the text on one line with all digits; returns false and appends nothing if it is not valid.
    ///
    /// Line breaks and tabs between tokens are left out. Inside strings, characters that a terminal would interpret
    /// (DEL, C1, bidirectional controls, line separators) are written as `\u` escapes, which mean the same to every
    /// reader.
    package static func append(_ bytes: ArraySlice<UInt8>, into out: inout [UInt8]) -> Bool {
        guard isValid(bytes) else { return false }
        var runStart = bytes.startIndex
        var index = bytes.startIndex
        // Strings need not be recognised: in a valid text no raw line break or tab is inside a string, and only strings
        // contain characters beyond ASCII.
        while true {
            index = PlainRun.end(in: bytes, from: index)
            guard index < bytes.endIndex else { break }
            let step = UTF8Decoding.step(bytes, at: index)
            let next = index + step.length
            switch step.scalar {
            case 0x09, 0x0A, 0x0D:
                out.append(contentsOf: bytes[runStart..<index])
                runStart = next
            case let scalar? where scalar >= 0x7F && JSONWriter.mustEscape(scalar):
                out.append(contentsOf: bytes[runStart..<index])
                JSONWriter.appendEscape(scalar, into: &out)
                runStart = next
            default: break
            }
            index = next
        }
        out.append(contentsOf: bytes[runStart...])
        return true
    }

    /// The value of a hex digit, or nil.
    package static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The text of the inside of a valid JSON string.
    static func unescape(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var units: [UInt16] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.endIndex else {
                text.append(bytes[index])
                index += 1
                continue
            }
            let letter = bytes[index + 1]
            index += 2
            guard letter == UInt8(ascii: "u") else {
                text.append(unescaped(letter))
                continue
            }
            // A run of \u escapes is decoded in one step, because a pair of them may be one scalar.
            units.removeAll(keepingCapacity: true)
            repeat {
                units.append(bytes[index...].prefix(4).reduce(0) { $0 << 4 | UInt16(hexDigit($1) ?? 0) })
                index = min(index + 4, bytes.endIndex)
                guard bytes[index...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else { break }
                index += 2
            } while true
            text.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func unescaped(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }
}
