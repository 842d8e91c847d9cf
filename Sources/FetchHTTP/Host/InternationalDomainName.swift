import CIDN2

/// libidn2's mapping of an internationalised name to ASCII: the unsafe part of ``DomainToASCII``.
enum InternationalDomainName {
    /// Converts a domain or a label; nil if libidn2 refuses it.
    ///
    /// The flags ask for UTS #46 processing, non-transitional as in browsers (`ß` stays `ß`), of text that need not be
    /// in NFC. STD3 rules are off, because the URL standard has its own list of forbidden characters. `xn--` labels are
    /// decoded, checked and converted back, which is libidn2's default.
    static func ascii(_ name: String) -> [UInt8]? {
        // C would take it for the end of the string.
        guard !name.utf8.contains(0) else { return nil }
        var result: UnsafeMutablePointer<CChar>?
        let flags = Int32(IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue)
        let code = idn2_to_ascii_8z(name, &result, flags)
        guard let result else { return nil }
        defer { idn2_free(result) }
        guard code == IDN2_OK.rawValue else { return nil }
        return Array(String(cString: result).utf8)
    }
}
