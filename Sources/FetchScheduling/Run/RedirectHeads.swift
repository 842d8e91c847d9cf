import FetchHTTP
import Synchronization

/// The heads of the redirects that led to each answer of a run, until the answer is written.
package final class RedirectHeads: Sendable {
    private let heads = Mutex<[Int: [UInt8]]>([:])

    /// There are none yet.
    package init() {}

    /// Adds the head of a redirect that is followed.
    func add(_ response: Response, to index: Int) {
        heads.withLock { $0[index, default: []] += response.headBytes }
    }

    /// Drops those of an attempt that has failed.
    func restart(_ index: Int) { heads.withLock { _ = $0.removeValue(forKey: index) } }

    /// Those of an input, which stay; empty if there was no redirect.
    package func heads(of index: Int) -> [UInt8] { heads.withLock { $0[index] } ?? [] }

    /// Takes those of an input; empty if there was no redirect.
    package func take(_ index: Int) -> [UInt8] { heads.withLock { $0.removeValue(forKey: index) } ?? [] }
}
