import FetchSystem

/// The fast path of the parser: one look at each byte of an absolute URL that is already canonical.
///
/// It reads the string's own bytes without a copy. It accepts plain cases only and leaves every doubt to
/// ``FetchURLParser``: credentials, IPv6, upper case, numbers in unusual notations, default ports, dot segments, and
/// anything to be encoded.
enum CanonicalURLScan {
    /// The offsets of the components, or nil if `bytes` is not canonical or not plainly so; and whether it begins like
    /// the other URL.
    ///
    /// - Parameter last: An earlier URL of the list. Lists often name one host a thousand times, and URLs that are
    ///   equal up to the path have equal components up to there.
    static func offsets(
        of bytes: UnsafeBufferPointer<UInt8>, after last: FetchURL?
    ) -> (offsets: URLOffsets, isLikeLast: Bool)? {
        guard bytes.count <= FetchURL.maximumLength else { return nil }
        if let last, beginsAlike(bytes, last) {
            let known = last.offsets
            return offsets(of: bytes, Int(known.hostStart), Int(known.hostEnd), Int(known.pathStart)).map { ($0, true) }
        }
        guard let (hostStart, defaultPort) = hostStart(of: bytes), let hostEnd = hostEnd(of: bytes, from: hostStart),
            let pathStart = pathStart(of: bytes, from: hostEnd, defaultPort: defaultPort)
        else { return nil }
        return offsets(of: bytes, hostStart, hostEnd, pathStart).map { ($0, false) }
    }

    /// Whether a text is equal to a URL up to the "/" that its path starts with.
    private static func beginsAlike(_ bytes: UnsafeBufferPointer<UInt8>, _ url: FetchURL) -> Bool {
        let count = Int(url.offsets.pathStart) + 1
        guard bytes.count >= count, url.offsets.userEnd == url.offsets.hostStart else { return false }
        return url.href.utf8.withContiguousStorageIfAvailable { PlainRun.areEqual(bytes, $0, count: count) } ?? false
    }

    private static func offsets(
        of bytes: UnsafeBufferPointer<UInt8>, _ hostStart: Int, _ hostEnd: Int, _ pathStart: Int
    ) -> URLOffsets? {
        guard let pathEnd = pathEnd(of: bytes, from: pathStart) else { return nil }

        var index = pathEnd
        if index < bytes.count, bytes[index] == UInt8(ascii: "?") {
            let encoded = ByteSet.specialQuery
            index += 1
            while index < bytes.count, !encoded.contains(bytes[index]) { index += 1 }
        }
        let queryEnd = index
        if index < bytes.count {
            guard bytes[index] == UInt8(ascii: "#") else { return nil }
            let encoded = ByteSet.fragment
            index += 1
            while index < bytes.count, !encoded.contains(bytes[index]) { index += 1 }
            guard index == bytes.count else { return nil }
        }
        return URLOffsets(
            userEnd: UInt32(hostStart), hostStart: UInt32(hostStart), hostEnd: UInt32(hostEnd),
            pathStart: UInt32(pathStart), pathEnd: UInt32(pathEnd), queryEnd: UInt32(queryEnd))
    }

    /// "http://" or "https://" followed by at least one byte.
    private static func hostStart(of bytes: UnsafeBufferPointer<UInt8>) -> (start: Int, defaultPort: Int)? {
        guard bytes.count > 8, bytes[0] == UInt8(ascii: "h"), bytes[1] == UInt8(ascii: "t"),
            bytes[2] == UInt8(ascii: "t"), bytes[3] == UInt8(ascii: "p")
        else { return nil }
        let secure = bytes[4] == UInt8(ascii: "s")
        let colon = secure ? 5 : 4
        guard bytes[colon] == UInt8(ascii: ":"), bytes[colon + 1] == UInt8(ascii: "/"),
            bytes[colon + 2] == UInt8(ascii: "/")
        else { return nil }
        return (colon + 3, secure ? 443 : 80)
    }

    /// A name of lower-case letters, digits, "-", "_" and ".", or an IPv4 address of four decimals.
    private static func hostEnd(of bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var index = start
        var label = start
        scan: while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                index += 1
            case UInt8(ascii: "."):
                index += 1
                label = index
            case UInt8(ascii: ":"), UInt8(ascii: "/"): break scan
            default: return nil
            }
        }
        // An empty host, or a dot at the end.
        guard label < index, index < bytes.count else { return nil }
        guard bytes[label].isASCIIDigit else { return index }
        return IPAddressParser.isCanonicalIPv4(bytes[start..<index]) ? index : nil
    }

    /// The "/" after a port that is not the default and has no leading zero, or after no port.
    private static func pathStart(of bytes: UnsafeBufferPointer<UInt8>, from hostEnd: Int, defaultPort: Int) -> Int? {
        var index = hostEnd
        if bytes[index] == UInt8(ascii: ":") {
            index += 1
            guard index < bytes.count, bytes[index] != UInt8(ascii: "0") else { return nil }
            var port = 0
            while index < bytes.count, bytes[index].isASCIIDigit {
                port = port * 10 + Int(bytes[index] - 0x30)
                guard port <= 65_535 else { return nil }
                index += 1
            }
            guard port > 0, port != defaultPort else { return nil }
        }
        guard index < bytes.count, bytes[index] == UInt8(ascii: "/") else { return nil }
        return index
    }

    /// The end of a path that has nothing to encode and no dot segments.
    private static func pathEnd(of bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        let stop = ByteSet.pathStop
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if stop.contains(byte) {
                if byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") { return index }
                guard byte == UInt8(ascii: "/") else { return nil }
                if index + 1 < bytes.count, DotSegment.mayStart(bytes, at: index + 1) { return nil }
            }
            index += 1
        }
        return index
    }
}
