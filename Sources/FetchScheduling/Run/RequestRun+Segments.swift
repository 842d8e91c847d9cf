import FetchHTTP
import FetchSystem
import FetchTransport
import Synchronization

/// A file that is fetched with several requests at once, each for a range of it. Each has a permit of its own, and follows
/// redirects as the request for the whole does.
extension RequestRun {
    /// What the requests of one attempt share.
    private final class Segments: Sendable {
        struct State {
            var plan: SegmentPlan
            var flying: [Range<Int>: BodyFile] = [:]
            var received = 0
            var isRefused = false
        }

        let state: Mutex<State>
        let file: BodyFile
        let progress: SegmentProgress

        init(_ plan: SegmentPlan, of file: BodyFile) {
            state = Mutex(State(plan: plan))
            self.file = file
            progress = file.segmentProgress(plan)
        }

        /// The request for a segment has ended.
        func end(_ segment: Range<Int>, written: Int, isRefused: Bool) {
            state.withLock { state in
                state.flying[segment] = nil
                state.plan.end(segment, written: written)
                state.received += written
                state.isRefused = state.isRefused || isRefused
            }
            note()
        }

        /// Writes down what is missing, so that a killed run loses little.
        func note() {
            state.withLock { state in
                var written: [Range<Int>: Int] = [:]
                for (segment, part) in state.flying { written[segment] = part.written(of: segment) }
                _ = file.note(state.plan.missing(after: written))
            }
        }
    }

    /// How often the progress of the segments on their way is written down.
    private static let noteInterval: Duration = .seconds(1)
    /// After so many segments in a row that brought little, a worker leaves the rest to the others.
    private static let maxFailures = 2

    /// One attempt to fetch everything that is missing to a file.
    func segmentedAttempt(
        _ plan: SegmentPlan, into file: BodyFile, outcome: inout Outcome, start: inout Duration?
    ) async -> Attempt {
        let begin = time.now()
        if start == nil {
            start = begin
            outcome.startedAt = time.wallMilliseconds()
        }
        let segments = Segments(plan, of: file)
        defer { segments.progress.end() }
        let ends = await withTaskGroup(of: Attempt?.self) { group in
            for _ in 0..<file.folder.saving.segments { group.addTask { await fetch(segments, since: begin) } }
            return await withTaskGroup(of: Void.self) { notes in
                notes.addTask { while (try? await time.sleep(for: Self.noteInterval)) != nil { segments.note() } }
                var ends: [Attempt] = []
                for await end in group { if let end { ends.append(end) } }
                notes.cancelAll()
                return ends
            }
        }
        return sum(of: ends, segments, since: begin)
    }

    /// What the requests come to.
    private func sum(of ends: [Attempt], _ segments: Segments, since begin: Duration) -> Attempt {
        let (missing, received, isRefused) = segments.state.withLock { ($0.plan.missing, $0.received, $0.isRefused) }
        var whole = Attempt(url: request.url)
        // A failure that is left, for its reason; otherwise a response, for the record.
        let failed = missing.isEmpty ? nil : ends.first { $0.error != nil }
        if let end = failed ?? ends.first(where: { $0.error == nil }) {
            whole = end
            whole.timing?.total = time.now() - begin
        }
        whole.response?.size = received
        whole.wait = ends.map(\.wait).max() ?? .zero
        whole.isRefused = ends.allSatisfy(\.isRefused) && whole.isRefused
        whole.isFree = received >= PartProgress.freeGrowth
        if missing.isEmpty {
            whole.error = nil
        } else {
            whole.error = whole.error ?? FetchError(.cancelled, "cancelled")
            // One of many ranges may be refused by a server that is busy; if nothing came at all, it knows none.
            if isRefused, received == 0 { segments.file.refuseSegments() }
            whole.startsAgain = isRefused
        }
        return whole
    }

    /// Fetches one segment after the other until none is left, or too many fail. What it leaves is for the others.
    ///
    /// - Returns: The last attempt; nil without any.
    private func fetch(_ segments: Segments, since begin: Duration) async -> Attempt? {
        var last: Attempt?
        var failures = 0
        while stop.reason == nil, let segment = segments.state.withLock({ $0.plan.take() }) {
            let (attempt, written, isRefused) = await fetch(segment, segments, since: begin)
            segments.end(segment, written: written, isRefused: isRefused)
            last = attempt
            failures = attempt.error == nil || written >= PartProgress.freeGrowth ? 0 : failures + 1
            guard failures < Self.maxFailures, attempt.error?.isTransient != false || written > 0 else { break }
            if failures > 0 { await stop.sleep(for: options.retry.delay, on: time) }
        }
        return last
    }

    private func fetch(_ segment: Range<Int>, _ segments: Segments, since begin: Duration) async -> (Attempt, Int, Bool)
    {
        let part: BodyFile
        do throws(FetchError) {
            part = try segments.file.segment(segment, segments.progress)
        } catch {
            return (Attempt(url: request.url, error: error), 0, false)
        }
        segments.state.withLock { $0.flying[segment] = part }
        let attempt = await fetch(segment, into: part, since: begin)
        // A server that contradicts itself is not believed.
        let written = attempt.error?.kind == .protocolError ? 0 : part.written(of: segment)
        segments.state.withLock { $0.flying[segment] = nil }
        part.discard()
        return (attempt, written, part.isRefused)
    }

    private func fetch(_ segment: Range<Int>, into part: BodyFile, since begin: Duration) async -> Attempt {
        var options = options.shortened(by: time.now() - begin)
        // What follows the segment is there already, or another's.
        options.maxBodySize = segment.upperBound
        let run = RequestRun(
            input: input, request: request, transport: transport, options: options, time: time, stop: stop, pool: pool)
        var outcome = Outcome(input: input)
        var start: Duration? = begin
        // A number above 1: what has started continues before anything new starts.
        var attempt = await run.attempt(2, into: part, outcome: &outcome, start: &start, sent: nil)
        if attempt.error?.kind == .tooLarge {
            attempt.error = FetchError(
                .protocolError, "the server sent more bytes than its Content-Range has", curlCode: .rangeError)
        }
        if attempt.error == nil, part.written(of: segment) < segment.count {
            attempt.error = FetchError(.truncated, "a segment ended too early", curlCode: .partialFile)
        }
        return attempt
    }
}
