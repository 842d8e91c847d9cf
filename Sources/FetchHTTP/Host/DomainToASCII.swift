import FetchSystem

/// Domain to ASCII (WHATWG URL §3.3) for a name that is not ASCII, with CheckHyphens and VerifyDnsLength off.
///
/// libidn2 does the work and is stricter than browsers: it follows IDNA 2008 and refuses symbols (`i❤.ws`), hyphens in
/// unusual positions and long labels. A refused name is tried again label by label: ASCII passes unchanged, libidn2 may
/// accept the label on its own, and a label of code points that UTS #46 certainly leaves unchanged is encoded here. In
/// every doubt (combining marks or right-to-left text beside a symbol, joiners) the name stays refused.
enum DomainToASCII {
    /// Converts a whole name; nil if it is not valid. The caller checks for forbidden ASCII characters.
    static func convert(_ name: String) -> [UInt8]? {
        if let ascii = InternationalDomainName.ascii(name) { return ascii }
        var output: [UInt8] = []
        let labels = name.unicodeScalars.split(omittingEmptySubsequences: false, whereSeparator: isDot)
        for (index, label) in labels.enumerated() {
            guard let ascii = convertLabel(label) else { return nil }
            if index > 0 { output.append(UInt8(ascii: ".")) }
            output.append(contentsOf: ascii)
        }
        return output
    }

    /// The full stop and the three characters that map to it.
    private static func isDot(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "." || scalar == "\u{3002}" || scalar == "\u{FF0E}" || scalar == "\u{FF61}"
    }

    private static func convertLabel(_ label: Substring.UnicodeScalarView) -> [UInt8]? {
        let lowercased = String(label).utf8.map(\.lowercasedASCII)
        let isEncoded = lowercased.starts(with: "xn--".utf8)
        if !isEncoded, lowercased.allSatisfy({ $0 < 0x80 }) { return lowercased }
        if let ascii = InternationalDomainName.ascii(String(label)) { return ascii }
        if isEncoded { return nil }
        let mapped = map(label)
        // The result must not look encoded already, and ignored characters must have left something.
        guard !mapped.isEmpty, !mapped.starts(with: "xn--".unicodeScalars), mapped.allSatisfy(isUnmapped) else {
            return nil
        }
        if mapped.allSatisfy(\.isASCII) { return mapped.map { UInt8(truncatingIfNeeded: $0.value) } }
        return Array("xn--".utf8) + Punycode.encode(mapped)
    }

    /// The part of the UTS #46 mapping that is needed here: ignored characters are removed, capitals become lower case.
    private static func map(_ label: Substring.UnicodeScalarView) -> [Unicode.Scalar] {
        label.flatMap { scalar -> [Unicode.Scalar] in
            switch scalar.value {
            case 0xAD, 0x200B, 0x2060, 0xFEFF, 0xFE00...0xFE0F: []
            default: Array(scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
    }

    /// Whether mapping certainly leaves a code point unchanged, and a label may contain it.
    private static func isUnmapped(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return !("A"..."Z").contains(scalar) }
        // The two deviation characters that non-transitional processing keeps.
        if scalar.value == 0xDF || scalar.value == 0x3C2 { return true }
        switch scalar.value {
        // Ideographic description characters, object replacement and replacement character: disallowed symbols.
        case 0x2FF0...0x2FFF, 0x31EF, 0xFFFC, 0xFFFD: return false
        // Right to left: libidn2 checks the bidi rule.
        case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF: return false
        // Hangul jamo combine.
        case 0x1100...0x11FF: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .unassigned, .privateUse, .surrogate, .spaceSeparator, .lineSeparator,
            .paragraphSeparator, .nonspacingMark, .spacingMark, .enclosingMark:
            return false
        default: return !scalar.properties.changesWhenNFKCCaseFolded
        }
    }
}
