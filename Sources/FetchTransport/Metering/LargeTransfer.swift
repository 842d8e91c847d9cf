import FetchHTTP
import FetchSystem
import Synchronization

/// The entry of a large body in a ``TransferMeter``. Its loop stores what it has received; any thread reads it.
final class LargeTransfer: Sendable {
    private let id: Int
    private let name: String
    private let length: Int?
    private let resumedFrom: Int
    /// When it began, on the monotonic clock in nanoseconds.
    private let start: UInt64
    private let received = Atomic<Int>(0)

    init(id: Int, name: String, length: Int?, resumedFrom: Int, start: UInt64) {
        self.id = id
        self.name = name
        self.length = length
        self.resumedFrom = resumedFrom
        self.start = start
    }

    /// Stores the number of bytes so far.
    func has(_ count: Int) { received.store(count, ordering: .relaxed) }

    /// Adds to it.
    func add(_ count: Int) { received.add(count, ordering: .relaxed) }

    /// How far it is.
    func reading(now: UInt64) -> BodyProgress.Large {
        BodyProgress.Large(
            id: id, name: name, received: received.load(ordering: .relaxed), length: length, resumedFrom: resumedFrom,
            age: .nanoseconds(now > start ? Int64(now - start) : 0))
    }

    /// The name of a body in a display: the last component of its URL's path, decoded and safe for a terminal; the host if
    /// the path has none.
    static func name(of url: FetchURL) -> String {
        guard let last = url.path.utf8.split(separator: UInt8(ascii: "/")).last else { return url.host }
        let bytes = PercentEncoding.decode(Array(last)[...])
        return TerminalText.escaped(ByteText.shown(ByteText.text(of: bytes)))
    }
}
