/// What makes a piece of text from a server safe as one component of a path.
enum SafeName {
    /// What common file systems allow in one component, in bytes of UTF-8.
    static let maximumLength = 255
    /// A longer extension is no extension but a name with a dot in it.
    private static let maximumExtensionLength = 32

    /// Whether a character must not be in a file name: controls, what turns the direction of text or hides in it,
    /// and what some system takes for a separator.
    static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == ":" || scalar == "\\" { return true }
        guard !scalar.isASCII else { return scalar.value < 0x20 || scalar.value == 0x7F }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// The text as one component: nothing unsafe, no slash, no dot or dash in front, no two dots in a row, not longer
    /// than ``maximumLength`` with the extension kept. Empty only if the text is.
    static func component(_ text: some StringProtocol) -> String {
        var scalars = String.UnicodeScalarView()
        var previous: Unicode.Scalar = "."
        for scalar in text.unicodeScalars {
            let isHidden = scalar == "." && previous == "."
            let isOption = scalar == "-" && scalars.isEmpty
            previous = isHidden || isOption || scalar == "/" || isUnsafe(scalar) ? "_" : scalar
            scalars.append(previous)
        }
        let (stem, ext) = split(String(scalars))
        return joined(stem, suffix: "", ext)
    }

    /// A component's stem and its extension with the dot (`.tar.gz` counts as one), which is empty if there is none.
    static func split(_ name: String) -> (stem: String, ext: String) {
        let bytes = Array(name.utf8)
        let dot = UInt8(ascii: ".")
        guard var at = bytes.lastIndex(of: dot), at > 0, bytes.count - at > 1,
            bytes.count - at <= maximumExtensionLength
        else { return (name, "") }
        let tar = Array(".tar".utf8)
        if at > tar.count, bytes[(at - tar.count)..<at].elementsEqual(tar) { at -= tar.count }
        return (String(decoding: bytes[..<at], as: UTF8.self), String(decoding: bytes[at...], as: UTF8.self))
    }

    /// Stem, suffix and extension in one name, the stem cut where the name would be too long.
    static func joined(_ stem: String, suffix: String, _ ext: String) -> String {
        let room = max(0, maximumLength - suffix.utf8.count - ext.utf8.count)
        return cut(stem, to: room) + suffix + ext
    }

    /// The longest beginning of at most `limit` bytes that splits no code point; where it had to cut, no dot at its end
    /// (the extension's would be the second in a row).
    private static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var length = 0
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            length += scalar.utf8.count
            if length > limit { break }
            kept.append(scalar)
        }
        while kept.last == "." { kept.removeLast() }
        return String(kept)
    }
}

extension Unicode.Scalar {
    /// The bytes of this scalar in UTF-8.
    fileprivate var utf8: String.UTF8View { String(self).utf8 }
}
