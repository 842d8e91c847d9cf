package import FetchHTTP
import FetchRecords
package import FetchSystem
import Synchronization
import SystemPackage

/// Sends equal inputs of a list only once, and gives every line its outcome.
///
/// The first of several equal inputs is sent. The others go through the scheduler as inputs that need no sending, so
/// that they reserve capacity like all others, and get the outcome of the first one when it is complete:
/// ``outcomes(of:)`` must see every outcome of the scheduler.
///
/// Memory: about 50 bytes for each different request; the outcomes are in an unnamed file, about 100 bytes each plus
/// the body if records contain it.
package final class Duplicates: InputSource {
    /// The state of a request that occurred before.
    private enum First {
        /// It is in flight.
        case running
        /// Its outcome is stored at an offset.
        case done(offset: Int)
    }

    private struct State {
        var firsts: [Digest: First] = [:]
        /// Equal inputs that wait for the outcome of the first one.
        var waiting: [Digest: [Input]] = [:]
        /// The number of these.
        var waitingCount = 0
        /// Inputs in flight that others may be equal to.
        var running: [Int: Digest] = [:]
        /// Inputs in the scheduler that are not sent, in their original form.
        var duplicates: [Int: (input: Input, digest: Digest)] = [:]
        var end = 0
    }

    /// The maximum number of waiting duplicates before the run is held back.
    static let mostWaiting = 8192

    private let source: any InputSource
    private let keepsHeaders: Bool
    private let archive: UnnamedFile
    private let state = Mutex(State())

    /// - Parameters:
    ///   - source: The list.
    ///   - keepsHeaders: Whether records need all headers of a response.
    ///   - folder: The directory for temporary files.
    /// - Throws: ``FetchError`` of kind `io` when outcomes cannot be stored.
    package init(_ source: any InputSource, keepsHeaders: Bool, folder: String) throws(FetchError) {
        self.source = source
        self.keepsHeaders = keepsHeaders
        do throws(Errno) {
            archive = try UnnamedFile(in: folder)
        } catch {
            throw FetchError(.io, "cannot make a file in \(ByteText.shown(folder)): \(error)")
        }
    }

    /// Closes the file of outcomes. It is called once, when the run is over.
    package func end() { archive.close() }

    /// The next inputs, with duplicates as inputs that cannot be sent.
    package func next() async -> [Input]? {
        guard let chunk = await source.next() else { return nil }
        return state.withLock { state in chunk.map { Self.sort($0, &state) } }
    }

    private static func sort(_ input: Input, _ state: inout State) -> Input {
        guard case .success(let request) = input.request else { return input }
        let digest = request.digest(with: input.checksum)
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

    /// The outcomes that follow from an outcome of the scheduler: itself and those of the inputs that waited for it, or
    /// none yet.
    package func outcomes(of outcome: Outcome) -> [Outcome] {
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

    /// Whether so many duplicates wait that no more should be read.
    package var isFull: Bool { state.withLock { $0.waitingCount > Self.mostWaiting } }

    private func keep(_ outcome: Outcome, _ digest: Digest, _ state: inout State) {
        let packed = OutcomePacking.pack(outcome, keepsHeaders: keepsHeaders)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: packed.count >> (8 * $0)) }
        do throws(Errno) {
            try archive.write(length + packed, at: state.end)
        } catch {
            // It cannot be stored: the next equal input is fetched again.
            state.firsts[digest] = nil
            return
        }
        state.firsts[digest] = .done(offset: state.end)
        state.end += 8 + packed.count
    }

    private func copy(_ digest: Digest, for input: Input, _ state: State) -> Outcome? {
        guard case .done(let offset)? = state.firsts[digest] else { return nil }
        // The file is complete; if it cannot be read all the same, the record says so instead of missing.
        let broken = Outcome(input: input, error: FetchError(.io, "the stored outcome of its duplicate cannot be read"))
        guard let length = archive.read(8, at: offset) else { return broken }
        let count = length.enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        guard let packed = archive.read(count, at: offset + 8) else { return broken }
        return OutcomePacking.unpack(packed, for: input) ?? broken
    }

    /// Ends the list.
    package func close() { source.close() }

    /// The number of inputs, duplicates included.
    package var total: Int? { source.total }

    /// What is wrong with the list.
    package var failure: InputFailure? { source.failure }
}

extension Request {
    /// The fingerprint of a request: equal for equal method, URL without fragment, headers and body, and for the same
    /// expectation of the response's body.
    func digest(with checksum: Checksum?) -> Digest {
        var builder = Digest.Builder()
        builder.add(method)
        builder.add(url.requestString)
        builder.add(url.hasCredentials ? url.username + ":" + url.password : "")
        // The boundary of a form with files says nothing about it.
        builder.add(
            upload == nil
                ? headers.lines : headers.filterFields { !MultipartForm.isGenerated($0, $1, of: self) }.lines)
        if let body { builder.add(body) }
        if let upload { builder.add("upload " + upload.identity) }
        if let checksum {
            // Two parts, which cannot be one body.
            builder.add("checksum")
            builder.add(checksum.description)
        }
        return builder.finish()
    }
}
