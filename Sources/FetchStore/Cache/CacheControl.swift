import FetchHTTP
import FetchSystem

/// The directives of Cache-Control (RFC 9111 §5.2) that have a meaning for a private cache.
struct CacheControl: Sendable, Hashable {
    /// Nothing of this exchange is stored.
    private(set) var noStore = false
    /// The stored response is revalidated before each use. A list of fields after it is ignored, which §5.2.2.4 allows.
    private(set) var noCache = false
    /// Once stale, it is not used without revalidation, whatever the request accepts.
    private(set) var mustRevalidate = false
    private(set) var isPublic = false
    private(set) var isPrivate = false
    /// Only a cache that understands the status may store it.
    private(set) var mustUnderstand = false
    /// Seconds.
    private(set) var maxAge: Int?
    /// Seconds; `.max` for `max-stale` without a value.
    private(set) var maxStale: Int?
    /// Seconds.
    private(set) var minFresh: Int?

    /// The largest delta-seconds that is distinguished (§1.2.2).
    static let largest = 1 << 31

    /// Reads all Cache-Control headers of a message.
    init(_ headers: HeaderFields) {
        for value in headers.values(of: "cache-control") {
            for (name, argument) in Self.directives(of: value) { take(name, argument) }
        }
    }

    /// Reads those of a request, where `Pragma: no-cache` replaces a missing Cache-Control (§5.4).
    init(request headers: HeaderFields) {
        self.init(headers)
        if !headers.contains("cache-control"),
            headers.values(of: "pragma").contains(where: { $0.lowercased().contains(text: "no-cache") })
        {
            noCache = true
        }
    }

    private mutating func take(_ name: String, _ argument: String?) {
        switch name {
        case "no-store": noStore = true
        case "no-cache": noCache = true
        case "must-revalidate": mustRevalidate = true
        case "must-understand": mustUnderstand = true
        case "public": isPublic = true
        case "private": isPrivate = true
        // Of repeated directives the first one counts (§4.2.1).
        case "max-age": maxAge = maxAge ?? Self.seconds(argument)
        case "max-stale": maxStale = maxStale ?? (argument == nil ? .max : Self.seconds(argument))
        case "min-fresh": minFresh = minFresh ?? Self.seconds(argument)
        default: break
        }
    }

    /// Delta-seconds; a value that is not valid is 0, which is stale (§4.2.1).
    static func seconds(_ text: String?) -> Int {
        guard let text, !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return 0 }
        return text.utf8.reduce(0) { min($0 * 10 + Int($1 - 0x30), largest) }
    }

    /// `name`, `name=token` and `name="quoted"`, separated by commas that are not inside quotes.
    private static func directives(of value: String) -> [(name: String, argument: String?)] {
        var directives: [(name: String, argument: String?)] = []
        var rest = Array(value.utf8)[...]
        while !rest.isEmpty {
            let name = rest.prefix { $0 != 0x2C && $0 != 0x3D }
            rest = rest[name.endIndex...]
            var argument: [UInt8]?
            if rest.first == 0x3D {
                rest = rest.dropFirst()
                argument = takeArgument(&rest)
            }
            // Text before the next comma belongs to no directive.
            rest = rest.drop { $0 != 0x2C }.dropFirst()
            let word = String(decoding: name.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self).lowercased()
            if !word.isEmpty { directives.append((word, argument.map { String(decoding: $0, as: UTF8.self) })) }
        }
        return directives
    }

    private static func takeArgument(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
        guard rest.first == 0x22 else {
            let token = rest.prefix { $0 != 0x2C }
            rest = rest[token.endIndex...]
            return token.filter { $0 != 0x20 && $0 != 0x09 }
        }
        rest = rest.dropFirst()
        var text: [UInt8] = []
        while let byte = rest.popFirst(), byte != 0x22 {
            if byte == 0x5C, let escaped = rest.popFirst() { text.append(escaped) } else { text.append(byte) }
        }
        return text
    }
}
