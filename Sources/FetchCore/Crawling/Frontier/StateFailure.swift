/// Why the state of a crawl cannot be used.
public enum StateFailure: Error, Sendable, Hashable {
    /// It is in use, or belongs to something else: a mistake of the command line. A sentence.
    case refused(String)
    /// It is damaged, or cannot be read or written. A sentence.
    case broken(String)

    /// The sentence.
    public var message: String {
        switch self {
        case .refused(let message), .broken(let message): message
        }
    }
}
