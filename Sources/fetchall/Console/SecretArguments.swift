import FetchHTTP
import FetchSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Hides secrets of the command line from the list of processes, which every user of the machine can read (`ps`,
/// `/proc/PID/cmdline`). The arguments must have been copied before.
///
/// Hidden are the values of `-u`, of `-b` unless it names a file, of `-H` for a header that may hold a secret, what
/// `--header-for` and `--proxy-header` send, passwords of proxies and keys, tokens that are not in a file, and the user and
/// password of `-x` and of every URL.
enum SecretArguments {
    /// What a value may contain that has to be hidden.
    private enum Kind {
        case all, cookies, header, headerFor, proxy, token, url
    }

    /// Overwrites the secrets in the memory that the system shows.
    static func hide() {
        let values = CommandLine.unsafeArgv
        // The system's own copy is read where it lies, so that an offset in it is an offset in an argument.
        let arguments = (0..<Int(CommandLine.argc)).map { index in
            values[index].map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) } ?? []
        }
        for (index, range) in ranges(in: arguments) {
            guard let value = values[index] else { continue }
            memset(value + range.lowerBound, Int32(UInt8(ascii: "*")), range.count)
        }
    }

    /// The bytes to hide: the index of an argument, and a range in it.
    private static func ranges(in arguments: [[UInt8]]) -> [(index: Int, range: Range<Int>)] {
        var found: [(index: Int, range: Range<Int>)] = []
        var awaited: Kind?
        for (index, argument) in arguments.enumerated().dropFirst() {
            var start = 0
            var kind = awaited ?? .url
            if awaited == nil, let option = option(argument) {
                guard let value = option.value else {
                    awaited = option.kind
                    continue
                }
                start = value
                kind = option.kind
            }
            awaited = nil
            if let range = secret(in: argument[start...], kind) { found.append((index, range)) }
        }
        return found
    }

    /// The kind of an option's value, and where it begins in the same argument; nil if it is the next argument.
    private static func option(_ argument: [UInt8]) -> (kind: Kind, value: Int?)? {
        guard argument.count > 1, argument[0] == UInt8(ascii: "-") else { return nil }
        let long: [(name: String, kind: Kind)] = [
            ("--user", .all), ("--cookie", .cookies), ("--header", .header),
            ("--header-for", .headerFor), ("--proxy", .proxy), ("--proxy-user", .all), ("--proxy-header", .header),
            ("--pass", .all), ("--bearer", .token), ("--oauth2-bearer", .token), ("--proxy-pass", .all),
            ("--tlspassword", .all), ("--proxy-tlspassword", .all), ("--preproxy", .proxy), ("--proxy1.0", .proxy),
            ("--socks4", .proxy), ("--socks4a", .proxy), ("--socks5", .proxy), ("--socks5-hostname", .proxy),
        ]
        if argument[1] == UInt8(ascii: "-") {
            for (name, kind) in long where argument.starts(with: name.utf8) {
                if argument.count == name.utf8.count { return (kind, nil) }
                if argument[name.utf8.count] == UInt8(ascii: "=") { return (kind, name.utf8.count + 1) }
            }
            return nil
        }
        let short: [UInt8: Kind] = [
            UInt8(ascii: "u"): .all, UInt8(ascii: "b"): .cookies, UInt8(ascii: "H"): .header, UInt8(ascii: "x"): .proxy,
            UInt8(ascii: "U"): .all,
        ]
        // -u VALUE, -uVALUE, -u=VALUE, and flags before it: -ku VALUE. The first letter with a value ends the flags.
        let letter = argument.dropFirst().firstIndex { !JoinedValues.flags.contains(Character(UnicodeScalar($0))) }
        guard let letter, let kind = short[argument[letter]] else { return nil }
        return (kind, letter + 1 < argument.count ? letter + 1 : nil)
    }

    private static func secret(in value: ArraySlice<UInt8>, _ kind: Kind) -> Range<Int>? {
        guard !value.isEmpty else { return nil }
        switch kind {
        case .all: return value.indices
        case .token: return value.first == UInt8(ascii: "@") ? nil : value.indices
        case .cookies: return value.contains(UInt8(ascii: "=")) ? value.indices : nil
        case .header:
            guard let colon = value.firstIndex(of: UInt8(ascii: ":")),
                SecretName.occurs(in: String(decoding: value[..<colon], as: UTF8.self))
            else { return nil }
            return (colon + 1)..<value.endIndex
        case .headerFor:
            // Behind the second colon, where the value begins, or the name behind a port.
            let isURL = ["http://", "https://"].contains { value.map { $0 | 0x20 }.starts(with: $0.utf8) }
            var start = isURL ? authority(in: value) ?? value.startIndex : value.startIndex
            if value[start...].first == UInt8(ascii: "[") { start = value[start...].firstIndex(of: 0x5D) ?? start }
            for _ in 0..<2 {
                guard let colon = value[start...].firstIndex(of: UInt8(ascii: ":")) else { return value.indices }
                start = colon + 1
            }
            return start < value.endIndex ? start..<value.endIndex : nil
        case .proxy: return userInfo(in: value, start: authority(in: value) ?? value.startIndex)
        case .url:
            if let start = authority(in: value) { return userInfo(in: value, start: start) }
            // http:/me:secret@host, HTTP:\\me:secret@host and me:secret@host are URLs too.
            var start = value.startIndex
            for scheme in ["http:", "https:"] where value.map({ $0 | 0x20 }).starts(with: scheme.utf8) {
                start += scheme.utf8.count
            }
            start = value[start...].firstIndex { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") } ?? start
            guard let range = userInfo(in: value, start: start), value[range].contains(UInt8(ascii: ":")) else {
                return nil
            }
            return range
        }
    }

    /// Where the authority of a URL begins, somewhere in a text: `NAME=http://…` has one too.
    private static func authority(in text: ArraySlice<UInt8>) -> Int? {
        text.range(ofBytes: Array("://".utf8))?.upperBound
    }

    /// The range before the `@` of an authority (RFC 3986 §3.2.1); nil if there is none.
    private static func userInfo(in text: ArraySlice<UInt8>, start: Int) -> Range<Int>? {
        let end = text[start...].firstIndex { [0x2F, 0x3F, 0x23].contains($0) } ?? text.endIndex
        guard let at = text[start..<end].lastIndex(of: UInt8(ascii: "@")), at > start else { return nil }
        return start..<at
    }
}
