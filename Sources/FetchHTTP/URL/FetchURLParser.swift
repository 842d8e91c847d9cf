import FetchSystem

/// The basic URL parser of WHATWG URL §4.4, reduced to http and https.
///
/// The standard's states are the steps below. Each byte of the input is visited a bounded number of times, and the
/// canonical string grows in one buffer from left to right; dot segments remove segments from its end.
package struct FetchURLParser {
    private let input: [UInt8]
    private let end: Int
    private var position = 0
    private var output: [UInt8] = []
    private var userEnd = 0
    private var hostStart = 0
    private var hostEnd = 0
    private var pathStart = 0
    private var pathEnd = 0
    private var queryEnd = 0

    /// Parses the UTF-8 bytes of a URL, or of a reference against a base.
    package static func parse(_ bytes: [UInt8], base: FetchURL?) throws(FetchError) -> FetchURL {
        var parser = FetchURLParser(bytes)
        try parser.run(base: base)
        return try parser.result()
    }

    /// Removes tabs and line breaks, then spaces and controls at both ends.
    private init(_ bytes: [UInt8]) {
        let hasBreaks = bytes.contains { $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        input = hasBreaks ? bytes.filter { $0 != 0x09 && $0 != 0x0A && $0 != 0x0D } : bytes
        var last = input.count
        while position < last, input[position] <= 0x20 { position += 1 }
        while last > position, input[last - 1] <= 0x20 { last -= 1 }
        end = last
    }

    private mutating func run(base: FetchURL?) throws(FetchError) {
        guard let scheme = try takeScheme() else {
            guard let base else { throw .invalid("no scheme: an absolute URL starts with http:// or https://") }
            return try resolve(against: base)
        }
        // "http:path" is relative to a base of the same scheme, and absolute otherwise.
        if let base, base.scheme == scheme, !(byte(0) == UInt8(ascii: "/") && byte(1) == UInt8(ascii: "/")) {
            try resolve(against: base)
        } else {
            try parseAuthority(scheme)
        }
    }

    private func result() throws(FetchError) -> FetchURL {
        guard output.count <= FetchURL.maximumLength else {
            throw .invalid("longer than \(FetchURL.maximumLength) bytes")
        }
        return FetchURL(
            href: String(decoding: output, as: UTF8.self),
            offsets: URLOffsets(
                userEnd: UInt32(userEnd), hostStart: UInt32(hostStart), hostEnd: UInt32(hostEnd),
                pathStart: UInt32(pathStart), pathEnd: UInt32(pathEnd), queryEnd: UInt32(queryEnd)))
    }

    /// The byte at a distance from the position; nil beyond the end.
    @inline(__always)
    private func byte(_ ahead: Int) -> UInt8? {
        position + ahead < end ? input[position + ahead] : nil
    }

    /// Whether the byte at a distance from the position is a slash of either kind.
    @inline(__always)
    private func isSlash(_ ahead: Int) -> Bool {
        let byte = byte(ahead)
        return byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
    }

    /// Scheme start state and scheme state: consumes "http:" or "https:", or nothing if there is no scheme.
    private mutating func takeScheme() throws(FetchError) -> FetchURL.Scheme? {
        guard let first = byte(0), first.isASCIILetter else { return nil }
        var index = position + 1
        while index < end, input[index].isSchemeByte { index += 1 }
        guard index < end, input[index] == UInt8(ascii: ":") else { return nil }
        let count = index - position
        let name = String(decoding: input[position..<min(index, position + 24)].map(\.lowercasedASCII), as: UTF8.self)
        guard let scheme = FetchURL.Scheme(rawValue: name) else {
            throw FetchError(
                .blockedScheme, "scheme \"\(name)\(count > 24 ? "…" : "")\" is not http or https",
                curlCode: .unsupportedProtocol)
        }
        position = index + 1
        return scheme
    }

    // MARK: Relative states

    /// Relative state and relative slash state.
    private mutating func resolve(against base: FetchURL) throws(FetchError) {
        if isSlash(0) {
            if isSlash(1) { return try parseAuthority(base.scheme) }
            copy(base, upTo: base.offsets.pathStart)
            parsePath()
        } else if position == end || byte(0) == UInt8(ascii: "#") {
            copy(base, upTo: base.offsets.queryEnd)
            pathEnd = Int(base.offsets.pathEnd)
            queryEnd = Int(base.offsets.queryEnd)
            parseFragment()
            return
        } else if byte(0) == UInt8(ascii: "?") {
            copy(base, upTo: base.offsets.pathEnd)
        } else {
            copy(base, upTo: base.offsets.pathEnd)
            while let last = output.popLast(), last != UInt8(ascii: "/") {}
            parsePath()
        }
        pathEnd = output.count
        parseQuery()
        parseFragment()
    }

    /// Starts the output with a part of the base, at least up to its path.
    private mutating func copy(_ base: FetchURL, upTo offset: UInt32) {
        output.reserveCapacity(Int(offset) + (end - position) + 16)
        output.append(contentsOf: base.href.utf8.prefix(Int(offset)))
        userEnd = Int(base.offsets.userEnd)
        hostStart = Int(base.offsets.hostStart)
        hostEnd = Int(base.offsets.hostEnd)
        pathStart = Int(base.offsets.pathStart)
    }

    // MARK: Authority, host and port states

    /// Special authority ignore slashes state and all that follows.
    private mutating func parseAuthority(_ scheme: FetchURL.Scheme) throws(FetchError) {
        while isSlash(0) { position += 1 }
        output.reserveCapacity((end - position) + 24)
        output.append(contentsOf: scheme == .https ? "https://".utf8 : "http://".utf8)

        var authorityEnd = position
        var at: Int?
        let ends = ByteSet.segmentEnd
        while authorityEnd < end, !ends.contains(input[authorityEnd]) {
            if input[authorityEnd] == UInt8(ascii: "@") { at = authorityEnd }
            authorityEnd += 1
        }
        userEnd = output.count
        if let at {
            appendCredentials(position..<at)
            position = at + 1
        }
        hostStart = output.count

        var inBrackets = false
        var colon = position
        while colon < authorityEnd, inBrackets || input[colon] != UInt8(ascii: ":") {
            if input[colon] == UInt8(ascii: "[") { inBrackets = true }
            if input[colon] == UInt8(ascii: "]") { inBrackets = false }
            colon += 1
        }
        guard colon > position else { throw .invalid("empty host") }
        try HostParser.append(input[position..<colon], to: &output)
        hostEnd = output.count
        let port = try Self.port(input[colon..<authorityEnd].dropFirst())
        if let port, port != scheme.defaultPort {
            output.append(UInt8(ascii: ":"))
            output.append(contentsOf: String(port).utf8)
        }
        position = authorityEnd
        pathStart = output.count
        parsePath()
        pathEnd = output.count
        parseQuery()
        parseFragment()
    }

    /// Appends `user@` or `user:password@`, or nothing if both are empty.
    private mutating func appendCredentials(_ range: Range<Int>) {
        let colon = input[range].firstIndex(of: UInt8(ascii: ":")) ?? range.upperBound
        appendEncoded(range.lowerBound..<colon, .userinfo)
        userEnd = output.count
        if colon + 1 < range.upperBound {
            output.append(UInt8(ascii: ":"))
            appendEncoded((colon + 1)..<range.upperBound, .userinfo)
        }
        if colon > range.lowerBound || colon + 1 < range.upperBound { output.append(UInt8(ascii: "@")) }
    }

    /// The number after the colon; nil if it is missing.
    private static func port(_ digits: ArraySlice<UInt8>) throws(FetchError) -> Int? {
        var port = 0
        for byte in digits {
            guard byte.isASCIIDigit else { throw .invalid("the port is not a number") }
            port = port * 10 + Int(byte - 0x30)
            guard port <= 65_535 else { throw .invalid("the port is above 65535") }
        }
        return digits.isEmpty ? nil : port
    }

    // MARK: Path, query and fragment states

    /// Path start state and path state: appends segments to the output, which ends without a "/".
    private mutating func parsePath() {
        if isSlash(0) { position += 1 }
        while true {
            let slash = output.count
            output.append(UInt8(ascii: "/"))
            let start = position
            let ends = ByteSet.segmentEnd
            while position < end, !ends.contains(input[position]) { position += 1 }
            let isLast = !isSlash(0)
            let dots = DotSegment.dots(input[start..<position])
            if dots == 0 {
                appendEncoded(start..<position, .path)
            } else {
                output.removeLast()
                if dots == 2, slash > pathStart { while let last = output.popLast(), last != UInt8(ascii: "/") {} }
                if isLast { output.append(UInt8(ascii: "/")) }
            }
            if isLast { return }
            position += 1
        }
    }

    /// Appends the query with its "?", which is not in the set.
    private mutating func parseQuery() {
        queryEnd = output.count
        guard byte(0) == UInt8(ascii: "?") else { return }
        let start = position
        while position < end, input[position] != UInt8(ascii: "#") { position += 1 }
        appendEncoded(start..<position, .specialQuery)
        queryEnd = output.count
    }

    private mutating func parseFragment() {
        guard position < end else { return }
        output.append(UInt8(ascii: "#"))
        appendEncoded((position + 1)..<end, .fragment)
    }

    /// Appends a range of the input with the bytes of the set as `%XX`.
    private mutating func appendEncoded(_ range: Range<Int>, _ set: ByteSet) {
        var index = range.lowerBound
        while index < range.upperBound {
            let run = index
            while index < range.upperBound, !set.contains(input[index]) { index += 1 }
            if run < index { output.append(contentsOf: input[run..<index]) }
            if index < range.upperBound {
                PercentEncoding.append(input[index], to: &output)
                index += 1
            }
        }
    }
}
