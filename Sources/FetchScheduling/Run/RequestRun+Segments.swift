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
            var received = 0
            var isRefused = false
        }

        let state: Mutex<State>
        let progress: SegmentProgress

        init(_ plan: SegmentPlan, _ progress: SegmentProgress) {
            state = Mutex(State(plan: plan))
            self.progress = progress
        }
    }

    /// One attempt to fetch everything that is missing to a file.
    func segmentedAttempt(
        _ plan: SegmentPlan, into file: BodyFile, outcome: inout Outcome, start: inout Duration?
    ) async -> Attempt {
        let begin = time.now()
        if start == nil {
            start = begin
            outcome.startedAt = time.wallMilliseconds()
        }
        var whole = Attempt(url: request.url)
        if let failure = file.segmentFailure(plan, maxBodySize: options.maxBodySize) {
            whole.error = failure
            return whole
        }
        let segments = Segments(plan, file.segmentProgress(plan))
        defer { segments.progress.end() }
        let ends = await withTaskGroup(of: Attempt?.self) { group in
            for _ in 0..<file.folder.saving.segments {
                group.addTask { await fetch(segments, into: file, since: begin) }
            }
            var ends: [Attempt] = []
            for await end in group { if let end { ends.append(end) } }
            return ends
        }
        let (missing, received, isRefused) = segments.state.withLock { ($0.plan.missing, $0.received, $0.isRefused) }
        // A failure that is left, for its reason; otherwise a response, for the record.
        if let end = (missing.isEmpty ? nil : ends.first { $0.error != nil }) ?? ends.first(where: { $0.error == nil })
        {
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
            if isRefused, received == 0 { file.refuseSegments() }
            whole.startsAgain = isRefused
        }
        return whole
    }

    /// Fetches one segment after the other until none is left, or one fails. What it leaves is for the others.
    ///
    /// - Returns: The last attempt; nil without any.
    private func fetch(_ segments: Segments, into file: BodyFile, since begin: Duration) async -> Attempt? {
        var last: Attempt?
        while stop.reason == nil, let segment = segments.state.withLock({ $0.plan.take() }) {
            let attempt: Attempt
            var written = 0
            var isRefused = false
            do throws(FetchError) {
                let part = try file.segment(segment, segments.progress)
                attempt = await self.fetch(segment, into: part, since: begin)
                // A server that contradicts itself is not believed.
                written = attempt.error?.kind == .protocolError ? 0 : part.written(of: segment)
                isRefused = part.isRefused
                part.discard()
            } catch {
                attempt = Attempt(url: request.url, error: error)
            }
            // The note is not older than what the next reader of the plan sees.
            segments.state.withLock { state in
                state.plan.end(segment, written: written)
                state.received += written
                state.isRefused = state.isRefused || isRefused
                _ = file.note(state.plan.missing)
            }
            last = attempt
            if attempt.error != nil, written < PartProgress.freeGrowth { return attempt }
        }
        return last
    }

    private func fetch(_ segment: Range<Int>, into part: BodyFile, since begin: Duration) async -> Attempt {
        var options = options
        // What follows the segment is there already, or another's.
        options.maxBodySize = segment.upperBound
        if let maxTime = options.maxTime {
            options.maxTime = max(.milliseconds(1), maxTime - (time.now() - begin))
        }
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
