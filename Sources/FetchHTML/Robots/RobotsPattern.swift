import FetchHTTP
import FetchSystem

/// The path of a rule, prepared for comparison (RFC 9309 §2.2.2 and §2.2.3).
struct RobotsPattern: Sendable {
    /// The literal pieces between the `*`; the first one must be at the start of the path.
    private let pieces: [[UInt8]]
    /// Whether `$` ends it.
    private let isAnchored: Bool
    /// Its length in octets, which determines the most specific rule.
    let length: Int

    /// Makes a pattern from the value of a rule, which is not empty.
    init(_ value: ArraySlice<UInt8>) {
        isAnchored = value.last == UInt8(ascii: "$")
        let body = isAnchored ? value.dropLast() : value
        let encoded = body.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Self.normalized)
        length = encoded.reduce(encoded.count - 1 + (isAnchored ? 1 : 0)) { $0 + $1.count }
        // "**" is "*": empty pieces in the middle have no effect.
        pieces = encoded.enumerated()
            .filter { !$0.element.isEmpty || $0.offset == 0 || $0.offset == encoded.count - 1 }.map(\.element)
    }

    /// Whether it matches a path with its query, in the form of ``normalized(_:)``.
    func matches(_ path: [UInt8]) -> Bool {
        guard let first = pieces.first, path.starts(with: first) else { return false }
        guard pieces.count > 1 else { return !isAnchored || path.count == first.count }
        var position = first.count
        for piece in pieces[1..<(pieces.count - 1)] {
            guard let end = Self.end(of: piece, in: path, from: position) else { return false }
            position = end
        }
        let last = pieces[pieces.count - 1]
        guard isAnchored else { return Self.end(of: last, in: path, from: position) != nil }
        return path.count - last.count >= position && path[(path.count - last.count)...].elementsEqual(last)
    }

    /// The end of the first occurrence of a piece after a position.
    private static func end(of piece: [UInt8], in path: [UInt8], from position: Int) -> Int? {
        guard let first = piece.first else { return position }
        var start = position
        search: while start + piece.count <= path.count {
            if path[start] == first {
                for offset in 1..<piece.count where path[start + offset] != piece[offset] {
                    start += 1
                    continue search
                }
                return start + piece.count
            }
            start += 1
        }
        return nil
    }

    /// The spelling in which rules and URLs are compared: unreserved characters are plain, all others that a URL may
    /// contain are encoded as `%3C` with capitals, reserved characters are left unchanged.
    ///
    /// `*`, `$` and `'` are always encoded: the first two have a meaning in a rule, and the third has two spellings in
    /// a canonical URL.
    static func normalized(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            var byte = bytes[index]
            var isEncoded = encoded.contains(byte)
            index += 1
            if byte == UInt8(ascii: "%"), index + 1 < bytes.endIndex, let high = bytes[index].hexValue,
                let low = bytes[index + 1].hexValue
            {
                byte = high << 4 | low
                isEncoded = !CanonicalURL.unreserved.contains(byte)
                index += 2
            }
            if isEncoded { PercentEncoding.append(byte, to: &output) } else { output.append(byte) }
        }
        return output
    }

    private static let encoded = ByteSet.fragment.adding("*$'[\\]^{|}")
}
