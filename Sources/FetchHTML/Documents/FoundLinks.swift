import FetchSystem

/// The links of a document while it is read: with offsets, in any order.
struct FoundLinks {
    /// What a ``DocumentLink`` has beside its line and column.
    struct Link {
        let target: String
        var text = ""
        var isPage = true
        var isNofollow = false
    }

    /// The links and the offsets of their targets.
    private(set) var all: [(offset: Int, link: Link)] = []

    mutating func add(_ offset: Int, _ link: Link) { all.append((offset, link)) }

    mutating func add(_ target: [UInt8], at offset: Int, text: String, isPage: Bool) {
        add(offset, Link(target: ByteText.text(of: target), text: text, isPage: isPage))
    }

    /// The links in the order of a document.
    func sorted(in bytes: [UInt8]) -> [DocumentLink] {
        var lines = LineCounter(bytes)
        // The index keeps the order of links with the same offset.
        let order = all.indices.sorted { (all[$0].offset, $0) < (all[$1].offset, $1) }
        return order.map { index in
            let (offset, link) = all[index]
            let (line, column) = lines.position(of: offset)
            return DocumentLink(
                target: link.target, line: line, column: column, text: link.text, isPage: link.isPage,
                isNofollow: link.isNofollow)
        }
    }
}
