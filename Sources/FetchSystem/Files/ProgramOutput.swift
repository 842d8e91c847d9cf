internal import CPosix
internal import SystemPackage
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What a program writes to its standard output.
package enum ProgramOutput {
    /// Why there is no output.
    package enum Failure: Error, Equatable {
        /// The program cannot be started, ends otherwise than with 0, or exceeds a limit: a sentence.
        case failed(String)
        /// ``end(after:)`` ended it, or let it not start.
        case ended
    }

    private struct State {
        /// When all programs end, whatever their own limit, in nanoseconds of the monotonic clock.
        var end = UInt64.max
        /// The programs that run, each the leader of a process group.
        var running: Set<pid_t> = []
    }

    private static let state = Mutex(State())
    /// How long a program may run on after the end, in milliseconds.
    private static let slice: UInt64 = 50

    /// Ends all programs after a time, and lets none start from then on: a run that is over waits for no program. Of two
    /// ends the earlier one holds.
    package static func end(after time: Duration) {
        let end = MonotonicClock.nanoseconds() &+ UInt64(max(0, time.wholeNanoseconds))
        state.withLock { $0.end = min($0.end, end) }
    }

    /// Kills all programs that run, with all that they have started. For the end of the process: it waits a tenth of a second
    /// at most, for a program that is being started.
    package static func killAll() {
        for _ in 0..<100 {
            let isDone = state.withLockIfAvailable { state -> Bool in
                state.end = 0
                for process in state.running { _ = kill(-process, SIGKILL) }
                return true
            }
            if isDone == true { return }
            poll(nil, 0, 1)
        }
    }

    /// Runs a program without a shell and waits for its end. Its standard input is empty, its messages go to ours.
    ///
    /// - Parameters:
    ///   - words: The program, which is looked up on the PATH, and its arguments.
    ///   - maximum: The maximum number of bytes.
    ///   - seconds: The maximum time. A program that takes longer is killed, with all that it has started.
    package static func read(_ words: [String], maximum: Int, seconds: Int) throws(Failure) -> [UInt8] {
        let name = ParseFailure.quoted(words.first ?? "")
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .failed("cannot run \(name): \(Errno.last.lowercased)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { SystemFile.close(ends[0]) }
        let process: pid_t
        do throws(Failure) {
            process = try start(words, name, output: ends[1])
        } catch {
            SystemFile.close(ends[1])
            throw error
        }
        SystemFile.close(ends[1])
        let deadline = MonotonicClock.nanoseconds() + UInt64(seconds) * 1_000_000_000
        do throws(Failure) {
            let bytes = try collect(ends[0], name, maximum, deadline)
            try wait(for: process, name, deadline)
            return bytes
        } catch {
            // Under the lock: killAll() must not find it gone while it still runs.
            let isKilled = state.withLock { $0.running.remove(process) != nil && kill(-process, SIGKILL) == 0 }
            if isKilled {
                var status: Int32 = 0
                while waitpid(process, &status, 0) < 0, errno == EINTR {}
            }
            let now = MonotonicClock.nanoseconds()
            guard now < state.withLock({ $0.end }) else { throw .ended }
            if error == .ended { throw .failed("\(name) has not ended after \(seconds) s and was killed") }
            throw error
        }
    }

    /// Starts a program, which ``killAll()`` knows from then on.
    private static func start(_ words: [String], _ name: String, output: Int32) throws(Failure) -> pid_t {
        var copies = words.map { word in ByteText.withCString(word) { strdup($0) } }
        defer { for copy in copies { free(copy) } }
        copies.append(nil)
        let arguments = copies
        let started = state.withLock { state -> Result<pid_t, Failure> in
            guard MonotonicClock.nanoseconds() < state.end else { return .failure(.ended) }
            var process: pid_t = 0
            let failure = cposix_spawn(&process, arguments, output)
            guard failure == 0 else {
                return .failure(.failed("cannot run \(name): \(Errno(rawValue: failure).lowercased)"))
            }
            state.running.insert(process)
            return .success(process)
        }
        return try started.get()
    }

    /// The milliseconds until the next look at the end of all programs, at least 1.
    ///
    /// - Throws: ``Failure/ended`` for either end.
    private static func pause(_ deadline: UInt64) throws(Failure) -> Int32 {
        let now = MonotonicClock.nanoseconds()
        guard now < min(deadline, state.withLock { $0.end }) else { throw .ended }
        return Int32(min(slice, (deadline - now) / 1_000_000 + 1))
    }

    private static func collect(
        _ descriptor: Int32, _ name: String, _ maximum: Int, _ deadline: UInt64
    ) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, try pause(deadline)) > 0 else { continue }
            let count = SystemFile.readSome(descriptor, into: &buffer)
            guard count >= 0 else { throw .failed("cannot read what \(name) writes") }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= maximum else { throw .failed("\(name) writes more than \(maximum) bytes") }
        }
    }

    private static func wait(for process: pid_t, _ name: String, _ deadline: UInt64) throws(Failure) {
        var status: Int32 = 0
        while true {
            // Under the lock: a process that has been waited for has lost its number, and killAll() must not use it.
            let ended = state.withLock { state in
                let ended = waitpid(process, &status, WNOHANG)
                if ended == process { state.running.remove(process) }
                return ended
            }
            if ended == process { break }
            guard ended == 0 || errno == EINTR else { return }
            _ = try pause(deadline)
            // Programs usually have ended by the time that their output has.
            poll(nil, 0, 5)
        }
        // The layout of a status (WIFEXITED): its macros are not imported.
        let signal = status & 0x7F
        let code = status >> 8 & 0xFF
        if signal != 0 { throw .failed("\(name) was ended by signal \(signal)") }
        if code != 0 { throw .failed("\(name) ended with exit code \(code)") }
    }
}
