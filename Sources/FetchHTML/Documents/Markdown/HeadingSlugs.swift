/// The anchors that GitHub makes of headings. As there, repeated ones get `-1`, `-2`.
struct HeadingSlugs {
    private var counts: [String: Int] = [:]

    /// The anchor of the next heading.
    ///
    /// Letters become lower case, punctuation but `-` and `_` is removed, each space becomes `-`. The name of an emoji
    /// (`:tada:`) is a word.
    mutating func anchor(of text: String) -> String {
        var slug = ""
        for scalar in text.lowercased().unicodeScalars {
            if scalar == " " {
                slug.append("-")
            } else if scalar == "-" || Self.isWord(scalar) {
                slug.unicodeScalars.append(scalar)
            }
        }
        let count = counts[slug, default: 0]
        counts[slug] = count + 1
        return count == 0 ? slug : "\(slug)-\(count)"
    }

    /// `\p{Word}` of Ruby: letters, marks, decimal digits, connector punctuation.
    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .connectorPunctuation:
            true
        default: false
        }
    }
}
