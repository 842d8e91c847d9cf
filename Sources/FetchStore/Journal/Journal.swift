package import FetchHTTP
package import FetchRecords
import FetchSystem
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file of what is done, so that a run can be resumed. It records completions only, never starts.
///
/// If the output is a file, a completion is recorded before its record is written, with the offset where the record
/// will end. An entry whose record is not complete is recognised by the length of the output, is cut off, and its input
/// is fetched again; an input whose record is in the output is never fetched again, whenever the process died. If the
/// output cannot be measured (a pipe), a completion is recorded after its record: then a record may occur twice, but
/// none is lost.
///
/// A line that is damaged, and what follows it, does not count: the output is cut where the last good entry's record ends,
/// and the other inputs are fetched again.
///
/// This is true for the death of the process. Nothing is synced, so after a loss of power the journal may contain more
/// than the disk, or less.
package struct Journal: Sendable {
    /// The file's name as it may be shown.
    package let name: String
    /// The inputs that are done.
    package let completed: CompletedInputs
    /// The number of these that failed.
    package let failedCount: Int
    /// The offset in the output where the last complete record ends.
    package let outputEnd: Int
    /// The offset where the list of failures ends.
    package let failedEnd: Int
    /// What to tell the user about damage; nil for a good journal.
    package let notice: String?
    /// The origin that the credentials of the command line are for; nil if it is not recorded.
    package private(set) var credentialOrigin: String?

    private let file: FileDescriptor
    /// The checksum of the lines; nil in a journal without checksums.
    private var sum: UInt32?
    private var lines: [UInt8] = []

    /// Opens or creates a journal, and locks it for this process.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - options: Names and values that must be the same in each run; no secrets.
    ///   - output: Returns the length of the output; called once the journal is locked. Nil if it has none.
    ///   - failed: The same for the list of failures.
    package init(
        path: String, options: [(name: String, value: String)], output: () -> Int?, failed: () -> Int?
    ) throws(StoreFailure) {
        name = TerminalText.escaped(path)
        do throws(Errno) {
            file = try Errno.typed {
                try .open(
                    path, .readWrite, options: [.create, .append, .closeOnExec, .nonBlocking],
                    permissions: FilePermissions(rawValue: 0o600))
            }
        } catch {
            throw .io("cannot write \(name): \(error)")
        }
        do throws(StoreFailure) {
            try Self.lock(file, name)
            let reading = try Self.read(
                file, name, JournalReading(options: options, outputSize: output(), failedSize: failed()))
            completed = reading.completed
            failedCount = reading.failedCount
            outputEnd = reading.outputEnd
            failedEnd = reading.failedEnd
            sum = reading.sum
            credentialOrigin = reading.credentialOrigin
            notice = try Self.putAside(path, file, damagedLine: reading.damagedLine)
            // Before anything else is written: a line that was cut, and lines whose records were never written.
            try Self.call(name) { () throws(Errno) in try Errno.typed { try file.resize(to: Int64(reading.end)) } }
            if reading.end == 0 { (lines, sum) = JournalText.header(options) }
            try flush()
        } catch {
            SystemFile.close(file.rawValue)
            throw error
        }
    }

    /// Records the origin that the credentials of the command line are for, unless one is recorded; ``flush()`` writes it.
    package mutating func note(credentialOrigin origin: String) {
        guard credentialOrigin == nil else { return }
        credentialOrigin = origin
        JournalText.append(origin: origin, to: &lines, sum: &sum)
    }

    /// The origin in a journal that is to be opened; nil without one. What is wrong with the file is found when it is opened.
    package static func credentialOrigin(of path: String) -> String? {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking]) else {
            return nil
        }
        defer { SystemFile.close(file.rawValue) }
        guard (try? file.stat().type) == .regular else { return nil }
        let reading = JournalReading(options: nil, outputSize: nil, failedSize: nil)
        return (try? read(file, TerminalText.escaped(path), reading))?.credentialOrigin
    }

    /// Records that an input is done; ``flush()`` writes it.
    ///
    /// - Parameters:
    ///   - outputEnd: The offset in the output where its record ends.
    ///   - failedEnd: The offset where the list of failures ends after it.
    package mutating func append(_ outcome: Outcome, outputEnd: Int, failedEnd: Int) {
        let entry = JournalEntry(
            isOK: outcome.isOK, index: outcome.input.index, fingerprint: outcome.input.fingerprint,
            outputEnd: outputEnd, failedEnd: failedEnd)
        JournalText.append(entry, to: &lines, sum: &sum)
    }

    /// Writes what was noted.
    package mutating func flush() throws(StoreFailure) {
        guard !lines.isEmpty else { return }
        do throws(Errno) {
            try SystemFile.writeAll(lines, to: file.rawValue)
        } catch {
            throw .io("cannot write \(name): \(error)")
        }
        lines.removeAll(keepingCapacity: true)
    }

    /// Closes the file; false when bytes could not be stored.
    package func close() -> Bool { SystemFile.close(file.rawValue) }

    /// Whether an outcome is final. What the end of a run, a host or this machine prevented is fetched by the next run.
    package static func isFinal(_ outcome: Outcome) -> Bool {
        switch outcome.error?.kind {
        case .cancelled, .deadline, .rateLimited, .hostDown, .localLimit, .io: false
        default: true
        }
    }

    static func lock(_ file: FileDescriptor, _ name: String) throws(StoreFailure) {
        guard try call(name, { () throws(Errno) in try file.stat().type }) == .regular else {
            throw .refused("\(name) is not a regular file")
        }
        // The lock ends with the process, however that ends.
        guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            let reason = Errno.last
            throw reason == .wouldBlock ? .refused("another process uses \(name)") : failure(name, reason)
        }
    }

    private static func read(
        _ file: FileDescriptor, _ name: String, _ reading: JournalReading
    ) throws(StoreFailure) -> JournalReading {
        var reading = reading
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = try call(name) { () throws(Errno) in try SystemFile.read(file.rawValue, into: &buffer) }
            do throws(JournalReading.Failure) {
                if count == 0 {
                    try reading.finish()
                    return reading
                }
                try reading.feed(buffer[..<count])
            } catch {
                throw failure(name, error)
            }
        }
    }

    /// Keeps a copy of a damaged journal; returns what to tell the user.
    ///
    /// A copy instead of a new name: a process that dies here leaves the journal as it is.
    private static func putAside(
        _ path: String, _ file: FileDescriptor, damagedLine: Int?
    ) throws(StoreFailure) -> String? {
        guard let damagedLine else { return nil }
        let name = TerminalText.escaped(path)
        let copy = try call(name) { () throws(Errno) in try DamagedFile.copyAside(path, file) }
        let rest = damagedLine > 2 ? "the inputs from there on" : "all inputs"
        return
            "\(name) is damaged (line \(damagedLine)); it was copied to \(TerminalText.escaped(copy)), and \(rest) are fetched again"
    }

    private static func failure(_ name: String, _ error: JournalReading.Failure) -> StoreFailure {
        switch error {
        case .foreign:
            return .damaged("\(name):1: this is not a journal of fetchall; it is left unchanged")
        case .version(let version):
            return .mismatch("\(name) has version \(version), which this version of fetchall does not support")
        case .options(let names):
            let verb = names.count == 1 ? "is" : "are"
            return .mismatch("\(names.joined(separator: ", ")) \(verb) not the same as when \(name) was started")
        }
    }

    private static func failure(_ name: String, _ reason: Errno) -> StoreFailure {
        .io("cannot use \(name): \(reason)")
    }

    private static func call<Value>(_ name: String, _ body: () throws(Errno) -> Value) throws(StoreFailure) -> Value {
        do { return try body() } catch { throw failure(name, error) }
    }
}
