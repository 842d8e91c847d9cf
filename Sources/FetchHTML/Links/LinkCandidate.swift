import FetchSystem

/// An attribute that may contain a link, before charset and base are known.
struct LinkCandidate {
    let kind: Link.Kind
    let value: Range<Int>
    var isNofollow: Bool
}

/// The candidates of a page. The same bytes in the same kind of attribute are one candidate, so that the 164,177 links
/// of a manual are resolved as the few thousand different ones that they are.
struct LinkCandidates {
    private(set) var all: [LinkCandidate] = []
    /// Whether there were more than the limit.
    private(set) var isTruncated = false
    private var indices: [Int: Int] = [:]
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Adds an attribute's value, without the fragment if the bytes reveal it.
    mutating func add(_ kind: Link.Kind, _ value: Range<Int>?, of bytes: [UInt8], isNofollow: Bool = false) {
        guard var value else { return }
        if kind != .imageSet, kind != .sourceSet, kind != .metaRefresh,
            let hash = bytes.offset(of: UInt8(ascii: "#"), from: value.lowerBound, to: value.upperBound),
            // "&#39;" is a character and not a fragment.
            bytes.offset(of: UInt8(ascii: "&"), from: value.lowerBound, to: hash) == nil
        {
            value = value.lowerBound..<hash
        }
        let key = bytes.fingerprint(of: value, seed: kind.hashValue)
        if let index = indices[key] {
            // One link that may be followed is enough.
            if !isNofollow { all[index].isNofollow = false }
            return
        }
        guard all.count < limit else {
            isTruncated = true
            return
        }
        indices[key] = all.count
        all.append(LinkCandidate(kind: kind, value: value, isNofollow: isNofollow))
    }
}
