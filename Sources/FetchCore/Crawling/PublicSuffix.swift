import CPSL

/// The public suffix list, as libpsl has it built in. The only file that sees libpsl.
enum PublicSuffix {
    /// The part of a host that somebody registered, `example.co.uk` of `www.example.co.uk`; nil for addresses, names
    /// of one label, and names under which anybody can register.
    static func registrableDomain(of host: String) -> String? {
        guard !host.hasPrefix("["), !isAddress(host), let list = psl_builtin() else { return nil }
        return host.withCString { start in
            // The answer points into the host's own bytes.
            psl_registrable_domain(list, start).map { String(cString: $0) }
        }
    }

    /// In a canonical host only an IPv4 address ends in a label of digits.
    private static func isAddress(_ host: String) -> Bool {
        host.utf8.reversed().prefix { $0 != UInt8(ascii: ".") }.allSatisfy(\.isASCIIDigit)
    }
}
