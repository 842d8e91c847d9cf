import FetchHTTP
import Foundation
import FetchSystem
import TestSupport
import Testing

@testable import FetchTransport

/// Where one completion leads to the next, the next is not a call inside the first: a hundred thousand of them would be as
/// many frames on the stack.
@Suite("issue 20.2: a completion that comes immediately", .timeLimit(.minutes(10)))
struct HandingOnTests {
    private static let count = 100_000

    /// Tasks in a row, each of which waits for the one before and wakes the next.
    private final class Chain: Sendable {
        private let waiting = Shared<[Int: CheckedContinuation<Void, Never>]>([:])
        let passed = Shared(0)
        var waitingCount: Int { waiting.value.count }

        func wait(_ number: Int) async {
            await withCheckedContinuation { continuation in waiting.update { $0[number] = continuation } }
            passed.update { $0 += 1 }
            wake(number + 1)
        }

        func wake(_ number: Int) { waiting.update { $0.removeValue(forKey: number) }?.resume() }
    }

    /// - Parameter end: Ends the executor when all tasks wait on it.
    private static func handOn(on executor: any TaskExecutor, end: @Sendable () -> Void) async throws {
        let chain = Chain()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                group.addTask(executorPreference: executor) { await chain.wait(number) }
            }
            while chain.waitingCount < count { try? await Task.sleep(for: .milliseconds(5)) }
            end()
            chain.wake(0)
        }
        #expect(chain.passed.value == count)
    }

    @Test func `tasks hand on to each other on the loop`() async throws {
        let loop = try TransferLoop()
        defer { loop.shutdown() }
        try await Self.handOn(on: loop) {}
    }

    @Test func `tasks that outlive their loop hand on to each other`() async throws {
        let loop = try TransferLoop()
        try await Self.handOn(on: loop) { loop.shutdown() }
    }

    @Test func `tasks hand on to each other on a thread`() async throws {
        let executor = try ThreadExecutor()
        defer { executor.shutdown() }
        try await Self.handOn(on: executor) {}
    }

    @Test func `tasks that outlive their thread hand on to each other`() async throws {
        let executor = try ThreadExecutor()
        try await Self.handOn(on: executor) { executor.shutdown() }
    }

    /// What runs after the turn may ask for the next turn.
    @Test func `what comes after a turn asks for the next`() async throws {
        let loop = try TransferLoop()
        defer { loop.shutdown() }
        let left = Shared(Self.count)
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            @Sendable func next() {
                let isOver = left.update {
                    $0 -= 1
                    return $0 == 0
                }
                if isOver { continuation.resume() } else { loop.beforeNextWait(next) }
            }
            loop.beforeNextWait(next)
        }
        #expect(left.value == 0)
    }

    /// Alarms whose time has come set the next, for now.
    @Test func `an alarm sets the next`() async throws {
        let loop = try TransferLoop()
        defer { loop.shutdown() }
        let left = Shared(Self.count)
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            @Sendable func next() {
                let isOver = left.update {
                    $0 -= 1
                    return $0 == 0
                }
                if isOver { continuation.resume() } else { _ = loop.after(.zero, next) }
            }
            _ = loop.after(.zero, next)
        }
        #expect(left.value == 0)
    }

    /// Each refusal is told on the loop's thread and starts the next request there.
    @Test func `a request that is refused starts the next`() async throws {
        var options = NetworkOptions()
        options.blocksPrivateAddresses = true
        let loop = try TransferLoop(options: options)
        defer { loop.shutdown() }
        let request = Request(try FetchURL.parse("http://10.0.0.1/"))
        let refused = Shared(0)
        await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop) {
                for _ in 0..<Self.count {
                    let result = await loop.perform(request, into: .discard, limits: TransferLimits())
                    if result.error?.kind == .blockedAddress { refused.update { $0 += 1 } }
                }
            }
        }
        #expect(refused.value == Self.count)
    }

    @Test func `pieces of a body are written one after the other`() throws {
        let path = NSTemporaryDirectory() + "fetchall-handing-on-\(UUID().uuidString)"
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try #require(FileHandle(forWritingAtPath: path))
        let saved = try BodyFile.at(file.fileDescriptor)
        let writer = try #require(BodyWriter())
        var failures = 0
        for _ in 0..<Self.count where writer.write([0x78], to: saved) != nil { failures += 1 }
        #expect(failures == 0)
        #expect(writer.finish(saved) == nil)
        writer.shutdown()
        try file.close()
        #expect(try Data(contentsOf: URL(filePath: path)).count == Self.count)
    }
}
