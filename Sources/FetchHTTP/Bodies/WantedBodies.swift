/// Which bodies of responses are read. Of any other, a small one is read to keep the connection, and a large one ends the
/// transfer, which is a success then.
package enum WantedBodies: Sendable, Hashable {
    case all
    /// Those of pages: `text/html`, `application/xhtml+xml`, and those without a type.
    case pages
    case none

    /// Whether the body of a response is read.
    ///
    /// - Parameter contentType: Its Content-Type; nil without one.
    package func wants(_ contentType: String?) -> Bool {
        switch self {
        case .all: return true
        case .none: return false
        case .pages:
            guard let contentType else { return true }
            let essence = contentType.prefix { $0 != ";" && $0 != "," }.lowercased()
            let words = essence.split { $0 == " " || $0 == "\t" }
            return words.isEmpty || words == ["text/html"] || words == ["application/xhtml+xml"]
        }
    }
}
