import FetchSystem
import CPSL

/// The public suffix list that is built into libpsl; the only file that uses it.
package enum PublicSuffix {
    /// The registrable domain of a host, `example.co.uk` of `www.example.co.uk`; nil for addresses, names of one label,
    /// and public suffixes themselves.
    static func registrableDomain(of host: String) -> String? {
        guard !host.hasPrefix("["), !isAddress(host), let list = psl_builtin() else { return nil }
        return host.withCString { start in
            // The result points into the host's own bytes.
            psl_registrable_domain(list, start).map { String(cString: $0) }
        }
    }

    /// Whether the list names a domain below which anyone can register a host: `com`, `co.uk`, `github.io`. A name of one
    /// label that is not in it, as of a private network, is not one.
    package static func isListed(_ domain: String) -> Bool {
        guard let list = psl_builtin() else { return false }
        return domain.withCString { psl_is_public_suffix2(list, $0, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) != 0 }
    }

    /// In a canonical host only an IPv4 address ends in a label of digits.
    private static func isAddress(_ host: String) -> Bool {
        host.utf8.reversed().prefix { $0 != UInt8(ascii: ".") }.allSatisfy(\.isASCIIDigit)
    }
}
