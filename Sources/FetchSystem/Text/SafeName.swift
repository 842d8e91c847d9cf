/// Makes a text from a server safe as one component of a path.
package enum SafeName {
    /// The maximum length of a component in bytes of UTF-8. Common file systems take 255; the rest is for `.part.1.json`, and for
    /// the number of a second file.
    static let maximumLength = 240
    /// A longer extension is not an extension but a name with a dot in it.
    private static let maximumExtensionLength = 32

    /// Whether a character must not be in a file name: controls, characters that change the direction of text or are
    /// invisible, and separators of any system.
    package static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == ":" || scalar == "\\" { return true }
        guard !scalar.isASCII else { return scalar.value < 0x20 || scalar.value == 0x7F }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// The text as one component: nothing unsafe, no slash, no dot or dash at the start, no two dots in a row, at most
    /// ``maximumLength`` long with the extension kept. It is empty only if the text is.
    package static func component(_ text: some StringProtocol) -> String {
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

    /// The stem of a component and its extension with the dot (`.tar.gz` counts as one), which is empty without one.
    package static func split(_ name: String) -> (stem: String, ext: String) {
        let bytes = Array(name.utf8)
        let dot = UInt8(ascii: ".")
        guard var at = bytes.lastIndex(of: dot), at > 0, bytes.count - at > 1,
            bytes.count - at <= maximumExtensionLength
        else { return (name, "") }
        let tar = Array(".tar".utf8)
        if at > tar.count, bytes[(at - tar.count)..<at].elementsEqual(tar) { at -= tar.count }
        return (String(decoding: bytes[..<at], as: UTF8.self), String(decoding: bytes[at...], as: UTF8.self))
    }

    /// Stem, suffix and extension as one name; the stem is cut if the name would be too long.
    package static func joined(_ stem: String, suffix: String, _ ext: String) -> String {
        let room = max(0, maximumLength - suffix.utf8.count - ext.utf8.count)
        return cut(stem, to: room) + suffix + ext
    }

    /// The longest beginning of at most `limit` bytes that splits no code point. If it was cut, it does not end in a
    /// dot (the extension's dot would be the second in a row).
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
