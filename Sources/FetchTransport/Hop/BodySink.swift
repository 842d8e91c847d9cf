/// The destination of a body's bytes.
package enum BodySink: Sendable, Hashable {
    /// They are counted and dropped.
    case discard
    /// They are kept in memory.
    case memory
    /// They are written to a file, which stays the caller's.
    case file(BodyFile)
    /// They are written to a file, if there is one, and kept as well. If there are more bytes than the limit, none are
    /// kept.
    case kept(limit: Int, file: BodyFile?)
    /// They wait in a spool until their turn to be written. Up to a limit, which is usually 0, they are kept as well.
    case spool(AnswerSpool, limit: Int)

    /// Whether the response contains the body.
    package var isInMemory: Bool {
        switch self {
        case .memory, .kept: true
        case .discard, .file: false
        case .spool(_, let limit): limit > 0
        }
    }

    /// The file, if there is one.
    package var file: BodyFile? {
        switch self {
        case .file(let file): file
        case .kept(_, let file): file
        case .discard, .memory, .spool: nil
        }
    }
}
