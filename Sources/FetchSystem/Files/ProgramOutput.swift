internal import CPosix
internal import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What a program writes to its standard output.
package enum ProgramOutput {
    /// Runs a program without a shell and waits for its end. Its standard input is empty, its messages go to ours.
    ///
    /// - Parameters:
    ///   - words: The program, which is looked up on the PATH, and its arguments.
    ///   - maximum: The maximum number of bytes.
    ///   - seconds: The maximum time. A program that takes longer is killed, with all that it has started.
    /// - Throws: ``ParseFailure`` if it cannot be started, ends otherwise than with 0, or exceeds a limit.
    package static func read(_ words: [String], maximum: Int, seconds: Int) throws(ParseFailure) -> [UInt8] {
        let name = ParseFailure.quoted(words.first ?? "")
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ParseFailure("cannot run \(name): \(Errno.last.lowercased)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { SystemFile.close(ends[0]) }
        let process: pid_t
        do throws(ParseFailure) {
            process = try start(words, name, output: ends[1])
        } catch {
            SystemFile.close(ends[1])
            throw error
        }
        SystemFile.close(ends[1])
        let deadline = MonotonicClock.nanoseconds() + UInt64(seconds) * 1_000_000_000
        do throws(ParseFailure) {
            let bytes = try collect(ends[0], name, maximum, deadline)
            try wait(for: process, name, deadline)
            return bytes
        } catch {
            if kill(-process, SIGKILL) == 0 {
                var status: Int32 = 0
                while waitpid(process, &status, 0) < 0, errno == EINTR {}
            }
            if error.message.isEmpty {
                throw ParseFailure("\(name) has not ended after \(seconds) s and was killed")
            }
            throw error
        }
    }

    private static func start(_ words: [String], _ name: String, output: Int32) throws(ParseFailure) -> pid_t {
        var copies = words.map { word in ByteText.withCString(word) { strdup($0) } }
        defer { for copy in copies { free(copy) } }
        copies.append(nil)
        var process: pid_t = 0
        let failure = cposix_spawn(&process, copies, output)
        guard failure == 0 else {
            throw ParseFailure("cannot run \(name): \(Errno(rawValue: failure).lowercased)")
        }
        return process
    }

    /// The bytes up to the end; a failure without a message is that of the deadline.
    private static func collect(
        _ descriptor: Int32, _ name: String, _ maximum: Int, _ deadline: UInt64
    ) throws(ParseFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let now = MonotonicClock.nanoseconds()
            guard now < deadline else { throw ParseFailure("") }
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, Int32((deadline - now) / 1_000_000) + 1) > 0 else { continue }
            let count = SystemFile.readSome(descriptor, into: &buffer)
            guard count >= 0 else { throw ParseFailure("cannot read what \(name) writes") }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= maximum else { throw ParseFailure("\(name) writes more than \(maximum) bytes") }
        }
    }

    private static func wait(for process: pid_t, _ name: String, _ deadline: UInt64) throws(ParseFailure) {
        var status: Int32 = 0
        while true {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process { break }
            guard ended == 0 || errno == EINTR else { return }
            guard MonotonicClock.nanoseconds() < deadline else { throw ParseFailure("") }
            // Most have ended by the time that their output has.
            poll(nil, 0, 5)
        }
        // The layout of a status (WIFEXITED): its macros are not imported.
        let signal = status & 0x7F
        let code = status >> 8 & 0xFF
        if signal != 0 { throw ParseFailure("\(name) was ended by signal \(signal)") }
        if code != 0 { throw ParseFailure("\(name) ended with exit code \(code)") }
    }
}
