import FetchHTTP
import FetchScheduling
import FetchSystem
import FetchTransport
import TestSupport

/// A run of the scheduler over a fake transport, with clocks that the test moves.
struct SchedulerRun: Sendable {
    let transport: FakeTransport
    var options = SchedulerOptions()
    let time = ManualTime()
    let stop = StopSignal()

    init(_ transport: FakeTransport, max: Int = 10, perOrigin: Int? = nil) {
        self.transport = transport
        options.maxConcurrent = max
        options.maxPerAuthority = perOrigin
        options.retry.retries = 0
    }

    /// Inputs of these URLs.
    static func inputs(_ urls: [String]) -> SequenceSource {
        SequenceSource(urls.enumerated().map { Samples.input($1, index: $0) })
    }

    /// Runs to the end; gives the outcomes in the order of the inputs.
    func outcomes(_ urls: [String]) async -> [Outcome] {
        await outcomes(of: Self.inputs(urls)).sorted { $0.input.index < $1.input.index }
    }

    /// Runs to the end; gives the outcomes in the order of their completion.
    func outcomes(of source: any InputSource) async -> [Outcome] {
        await scheduler.run(source) { stream in
            var all: [Outcome] = []
            for await batch in stream {
                all += batch
                stream.release(batch.count)
            }
            return all
        }
    }

    var scheduler: Scheduler { Scheduler(transport: transport, options: options, time: time, stop: stop) }

    /// `http://a.test/0`, `http://a.test/1`, …
    static func urls(_ count: Int, host: String = "a.test") -> [String] { (0..<count).map { "http://\(host)/\($0)" } }

    /// An answer.
    static func answer(_ status: Int = 200, _ fields: [(String, String)] = [], total: Duration = .zero)
        -> TransferResult
    {
        var timing = Timing()
        timing.total = total
        return TransferResult(
            response: Response(
                status: status, headers: HeaderFields(fields.map { (name: $0.0, value: $0.1) }), timing: timing))
    }
}

/// A source that counts what was taken from it.
final class CountingSource: InputSource {
    private let given = Shared(0)
    private let isClosed = Shared(false)
    let count: Int

    init(count: Int) { self.count = count }

    /// How many inputs have been taken.
    var taken: Int { given.value }

    func next() async -> [Input]? {
        if isClosed.value { return nil }
        let start = given.update { given in
            given += 10
            return given - 10
        }
        guard start < count else { return nil }
        return (start..<min(start + 10, count)).map { Samples.input("http://a.test/\($0)", index: $0) }
    }

    func close() { isClosed.update { $0 = true } }
    var total: Int? { nil }
    var failure: InputFailure? { nil }
}
