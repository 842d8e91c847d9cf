import Synchronization

/// Sends what occurs more than once in a list only once, and gives every line its outcome.
///
/// The first of several equal inputs is sent. The others go down the same way as inputs that need no sending, so that they
/// reserve capacity like all others, and get their outcome from the first one's when it is there: ``outcomes(of:)`` has to see
/// everything that comes out of the scheduler.
///
/// Memory: about 50 bytes for each different request; the outcomes lie in a file without a name, about 100 bytes each and
/// the body where records hold it.
public final class Duplicates: InputSource {
    /// What is known of a request that was met.
    private enum First {
        /// Under way.
        case running
        /// Put away there.
        case done(offset: Int)
    }

    private struct State {
        var firsts: [Digest: First] = [:]
        /// Equal inputs that wait for the first one's outcome.
        var waiting: [Digest: [Input]] = [:]
        /// How many of these there are.
        var waitingCount = 0
        /// Inputs on their way that others may be equal to.
        var running: [Int: Digest] = [:]
        /// Inputs on their way that are not sent, as they were before that.
        var duplicates: [Int: (input: Input, digest: Digest)] = [:]
        var end = 0
    }

    /// Duplicates that may wait before the run is held back.
    public static let mostWaiting = 8192

    private let source: any InputSource
    private let keepsHeaders: Bool
    private let archive: OutcomeArchive
    private let state = Mutex(State())

    /// - Parameters:
    ///   - source: The list.
    ///   - keepsHeaders: Whether records need all fields of an answer.
    ///   - folder: Where temporary files belong.
    /// - Throws: ``FetchError`` of kind `io` when outcomes cannot be stored.
    public init(_ source: any InputSource, keepsHeaders: Bool, folder: String) throws(FetchError) {
        self.source = source
        self.keepsHeaders = keepsHeaders
        archive = try OutcomeArchive(folder: folder)
    }

    /// Gives the file of outcomes back. To be called once, when the run is over.
    public func end() { archive.close() }

    /// The next inputs, duplicates among them as inputs that cannot be sent.
    public func next() async -> [Input]? {
        guard let chunk = await source.next() else { return nil }
        return state.withLock { state in chunk.map { Self.sort($0, &state) } }
    }

    private static func sort(_ input: Input, _ state: inout State) -> Input {
        guard case .success(let request) = input.request else { return input }
        let digest = request.digest
        guard state.firsts[digest] != nil else {
            state.firsts[digest] = .running
            state.running[input.index] = digest
            return input
        }
        state.duplicates[input.index] = (input, digest)
        var duplicate = input
        duplicate.request = .failure(FetchError(.cancelled, "a duplicate"))
        return duplicate
    }

    /// What an outcome of the scheduler amounts to: itself and the outcomes of those that waited for it, or nothing yet.
    public func outcomes(of outcome: Outcome) -> [Outcome] {
        state.withLock { state in
            if let (input, digest) = state.duplicates.removeValue(forKey: outcome.input.index) {
                if let copy = copy(digest, for: input, state) { return [copy] }
                state.waiting[digest, default: []].append(input)
                state.waitingCount += 1
                return []
            }
            guard let digest = state.running.removeValue(forKey: outcome.input.index) else { return [outcome] }
            let waiting = state.waiting.removeValue(forKey: digest) ?? []
            state.waitingCount -= waiting.count
            keep(outcome, digest, &state)
            return [outcome]
                + waiting.map { input in
                    var copy = outcome
                    copy.input = input
                    return copy
                }
        }
    }

    /// Whether so many duplicates wait that no more should come.
    public var isFull: Bool { state.withLock { $0.waitingCount > Self.mostWaiting } }

    private func keep(_ outcome: Outcome, _ digest: Digest, _ state: inout State) {
        let packed = OutcomePacking.pack(outcome, keepsHeaders: keepsHeaders)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: packed.count >> (8 * $0)) }
        guard archive.write(length + packed, at: state.end) else {
            // It cannot be stored: another one like it is fetched again.
            state.firsts[digest] = nil
            return
        }
        state.firsts[digest] = .done(offset: state.end)
        state.end += 8 + packed.count
    }

    private func copy(_ digest: Digest, for input: Input, _ state: State) -> Outcome? {
        guard case .done(let offset)? = state.firsts[digest] else { return nil }
        // The file is there and whole; should it not be, the record says so rather than be missing.
        let broken = Outcome(input: input, error: FetchError(.io, "the stored outcome of its duplicate cannot be read"))
        guard let length = archive.read(8, at: offset) else { return broken }
        let count = length.enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        guard let packed = archive.read(count, at: offset + 8) else { return broken }
        return OutcomePacking.unpack(packed, for: input) ?? broken
    }

    /// Ends the list.
    public func close() { source.close() }

    /// How many inputs there are, duplicates included.
    public var total: Int? { source.total }

    /// What is wrong with the list.
    public var failure: InputFailure? { source.failure }
}

extension Request {
    /// The same for requests that ask for the same: method, URL but its fragment, fields and body.
    var digest: Digest {
        var builder = Digest.Builder()
        builder.add(method)
        builder.add(url.requestString)
        builder.add(url.hasCredentials ? url.username + ":" + url.password : "")
        builder.add(headers.lines)
        if let body { builder.add(body) }
        return builder.finish()
    }
}
