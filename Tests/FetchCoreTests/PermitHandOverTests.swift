import FetchHTTP
import Foundation
import TestSupport
import Testing

@testable import FetchScheduling
@testable import FetchTransport

/// A transport that starts nothing, or only what it is told to.
private final class RefusingTransport: CallbackTransport {
    private let cancellations = Shared<UInt64>(0)
    let asked = Shared(0)

    func send(_ request: Request, into sink: BodySink, limits: TransferLimits) async -> TransferResult {
        TransferResult(error: FetchError(.io, "refused"))
    }

    func makeCancellationHandle() -> CancellationHandle {
        CancellationHandle(
            TransferID(
                rawValue: cancellations.update {
                    $0 += 1
                    return $0
                }))
    }

    func start(
        _ request: Request, into sink: BodySink, limits: TransferLimits, cancellation: CancellationHandle,
        _ completion: @escaping @Sendable (inout TransferResult) -> Void
    ) -> FetchError? {
        asked.update { $0 += 1 }
        return FetchError(.blockedAddress, "refused")
    }

    var currentLoop: Int? { nil }
    func cancel(_ cancellation: CancellationHandle) {}
}

@Suite("A permit whose request could not be started goes to the next")
struct PermitHandOverTests {
    private static let count = 1_000_000

    private static func fastPath(_ transport: RefusingTransport, _ pool: PermitPool, _ outcomes: OutcomeStream)
        -> FastPath
    {
        var options = SchedulerOptions()
        options.retry.retries = 0
        return FastPath(
            transport: transport, options: options, time: ManualTime(), stop: StopSignal(), outcomes: outcomes,
            pool: pool)
    }

    /// All wait for the one permit, and each start is refused: as calls, they would be a million deep.
    @Test func aMillionStartsInARowFailAtOnce() async throws {
        let transport = RefusingTransport()
        let pool = PermitPool(PermitLimits(total: 1), time: ManualTime(), executor: nil)
        let outcomes = OutcomeStream(capacity: Self.count, afterTurn: { _ in })
        let fastPath = Self.fastPath(transport, pool, outcomes)
        let input = Samples.input()
        let request = try input.request.get()
        guard case .granted = await pool.permit(for: "other") else {
            Issue.record("the permit is not free")
            return
        }
        for _ in 0..<Self.count { fastPath.add(input, request, since: .zero) }
        #expect(transport.asked.value == 0)
        pool.giveBack(for: "other")
        #expect(transport.asked.value == Self.count)
        #expect(pool.used == 0)
    }

    /// The same through the whole scheduler, with a folder that takes no file: every input has its outcome.
    @Test func aListWhoseFilesCannotBeMadeHasAllItsOutcomes() async throws {
        let path = NSTemporaryDirectory() + "fetchall-hand-over-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        // A file, where the names of bodies want a folder.
        try Data().write(to: URL(filePath: path + "/taken"))
        var options = SchedulerOptions()
        options.maxConcurrent = 1
        options.retry.retries = 0
        let folder = try BodyFolder(path: path, template: FileNameTemplate("taken/{index}"))
        defer { folder.close() }
        options.bodies = .folder(folder)
        let scheduler = Scheduler(transport: RefusingTransport(), options: options, time: ManualTime())
        let kinds = await scheduler.run(SchedulerRun.inputs(SchedulerRun.urls(3000))) { stream in
            var kinds: [FetchError.Kind?: Int] = [:]
            for await batch in stream {
                for outcome in batch { kinds[outcome.error?.kind, default: 0] += 1 }
                stream.release(batch.count)
            }
            return kinds
        }
        #expect(kinds == [.io: 3000])
    }
}
