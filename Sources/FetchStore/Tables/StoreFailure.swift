/// Why a file that is kept between runs (a cache, a journal, the state of a crawl) cannot be used. Each case has a
/// sentence.
package enum StoreFailure: Error, Sendable, Hashable {
    /// Another process or another program has it: it was left alone.
    case refused(String)
    /// It was made for another run or by another version: it was left alone.
    case mismatch(String)
    /// It is damaged, or something else: it was left as it is.
    case damaged(String)
    /// The system cannot read or write it.
    case io(String)

    /// The sentence.
    package var message: String {
        switch self {
        case .refused(let message), .mismatch(let message), .damaged(let message), .io(let message): message
        }
    }

    /// Whether the command line has to change, and not the file or the machine.
    package var isRefusal: Bool {
        switch self {
        case .refused, .mismatch: true
        case .damaged, .io: false
        }
    }
}
