import FetchSystem

/// Encodes the query of a reference in the charset of its page (WHATWG URL §4.4, query state).
enum QueryEncoder {
    /// The reference with the characters of its query that are not ASCII percent-encoded after encoding (WHATWG URL
    /// §1.3); everything before the query stays UTF-8.
    ///
    /// - Parameters:
    ///   - reference: UTF-8 without a fragment.
    ///   - encoding: The charset of the page; of UTF-16 the output encoding is UTF-8 (WHATWG Encoding §4.3).
    static func encoded(_ reference: [UInt8], in encoding: CharacterEncoding) -> [UInt8] {
        guard encoding != .utf8, let start = reference.firstIndex(of: UInt8(ascii: "?")),
            reference[start...].contains(where: { $0 >= 0x80 })
        else { return reference }
        var output = Array(reference[..<start])
        var rest = reference[start...]
        while !rest.isEmpty {
            let ascii = rest.prefix { $0 < 0x80 }
            output += ascii
            rest = rest[ascii.endIndex...]
            let run = rest.prefix { $0 >= 0x80 }
            rest = rest[run.endIndex...]
            append(String(decoding: run, as: UTF8.self).unicodeScalars, encoding, to: &output)
        }
        return output
    }

    private static func append(
        _ scalars: String.UnicodeScalarView, _ encoding: CharacterEncoding, to output: inout [UInt8]
    ) {
        guard let pieces = encoding.encode(scalars) else {
            // The output encoding is UTF-8: the parser encodes it.
            output += String(scalars).utf8
            return
        }
        for piece in pieces {
            switch piece {
            case .bytes(let bytes):
                for byte in bytes {
                    if ByteSet.specialQuery.contains(byte) {
                        PercentEncoding.append(byte, to: &output)
                    } else {
                        output.append(byte)
                    }
                }
            // What the charset lacks is "&#…;", percent-encoded.
            case .missing(let scalar): output += "%26%23\(scalar.value)%3B".utf8
            }
        }
    }
}

extension CharacterEncoding {
    /// A part of an encoded text.
    enum Piece {
        case bytes([UInt8])
        /// A character that the charset lacks.
        case missing(Unicode.Scalar)
    }

    /// The text in this charset; nil where the output encoding is UTF-8, and where the system does not know the charset.
    func encode(_ scalars: String.UnicodeScalarView) -> [Piece]? {
        switch self {
        case .utf8, .utf16LE, .utf16BE: nil
        case .windows1252: scalars.map { scalar in Windows1252.byte(scalar).map { .bytes([$0]) } ?? .missing(scalar) }
        default: CharacterConverter.encode(scalars, to: name)
        }
    }
}
