#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file of what is done, so that a run can be taken up again: completions only, never starts.
///
/// Where the output is a file, a completion is noted before its record is written, with the place where the record will
/// end: what was noted but not written whole is found by the length of the output, is cut off there and then, and fetched
/// again; what is in the output is never fetched again, whenever the process died. Where the output cannot be measured (a
/// pipe), a completion is noted after its record: then a record may come twice, but none is lost.
///
/// This holds for the death of the process. Nothing is synced, so after a loss of power the journal may know more than the
/// disk has, or less.
public struct Journal: Sendable {
    /// Why a journal cannot be used.
    public enum Failure: Error, Sendable {
        /// It belongs to another run, or another process has it: nothing was touched.
        case refused(String)
        /// It cannot be read or written, or is damaged: it was left as it is.
        case io(String)
    }

    /// The file's name as it may be shown.
    public let name: String
    /// What is done already.
    public let completed: CompletedInputs
    /// How many of these failed.
    public let failedCount: Int
    /// Where the last whole record ends in the output.
    public let outputEnd: Int
    /// Where the list of what failed ends behind it.
    public let failedEnd: Int

    private let descriptor: Int32
    private var lines: [UInt8] = []

    /// Opens a journal, or makes one, and takes it for this process.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - options: Names and values that must be the same each time; no secrets.
    ///   - output: Gives the length of the output; asked once the journal is ours. Nil where it has none.
    ///   - failed: The same of the list of failures.
    public init(
        path: String, options: [(name: String, value: String)], output: () -> Int?, failed: () -> Int?
    ) throws(Failure) {
        name = TerminalText.escaped(path)
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o666)
        guard descriptor >= 0 else { throw .io("cannot write \(name): \(String(cString: strerror(errno)))") }
        do throws(Failure) {
            try Self.lock(descriptor, name)
            let reading = try Self.read(
                descriptor, name, JournalReading(options: options, outputSize: output(), failedSize: failed()))
            completed = reading.completed
            failedCount = reading.failedCount
            outputEnd = reading.outputEnd
            failedEnd = reading.failedEnd
            // Before anything else is written: a line that was cut, and lines whose records never came.
            guard ftruncate(descriptor, off_t(reading.end)) == 0 else { throw Self.failure(name) }
            if reading.end == 0 { lines = JournalText.header(options) }
            try flush()
        } catch {
            SystemFile.close(descriptor)
            throw error
        }
    }

    /// Notes that an input is done; ``flush()`` writes it.
    ///
    /// - Parameters:
    ///   - outputEnd: Where its record ends in the output.
    ///   - failedEnd: Where the list of what failed ends behind it.
    public mutating func append(_ outcome: Outcome, outputEnd: Int, failedEnd: Int) {
        let entry = JournalEntry(
            isOK: outcome.isOK, index: outcome.input.index, fingerprint: outcome.input.fingerprint,
            outputEnd: outputEnd, failedEnd: failedEnd)
        JournalText.append(entry, to: &lines)
    }

    /// Writes what was noted.
    public mutating func flush() throws(Failure) {
        guard !lines.isEmpty else { return }
        if let reason = SystemFile.writeAll(lines, to: descriptor) { throw .io("cannot write \(name): \(reason)") }
        lines.removeAll(keepingCapacity: true)
    }

    /// Gives the file back; false when bytes did not arrive.
    public func close() -> Bool {
        #if canImport(Glibc)
        Glibc.close(descriptor) == 0
        #else
        Darwin.close(descriptor) == 0
        #endif
    }

    /// Whether an outcome stands for good. What the end of a run, a host or this machine prevented is fetched next time.
    public static func isFinal(_ outcome: Outcome) -> Bool {
        switch outcome.error?.kind {
        case .cancelled, .deadline, .rateLimited, .hostDown, .io: false
        default: true
        }
    }

    private static func lock(_ descriptor: Int32, _ name: String) throws(Failure) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(name) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .refused("\(name) is no file") }
        // It goes with the process, however that ends.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw errno == EWOULDBLOCK ? .refused("another process works with \(name)") : failure(name)
        }
    }

    private static func read(
        _ descriptor: Int32, _ name: String, _ reading: JournalReading
    ) throws(Failure) -> JournalReading {
        var reading = reading
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        do throws(JournalReading.Failure) {
            while true {
                let count = SystemFile.readSome(descriptor, into: &buffer)
                guard count >= 0 else { break }
                if count == 0 {
                    try reading.finish()
                    return reading
                }
                try reading.feed(buffer[..<count])
            }
        } catch {
            switch error {
            case .damaged(let line): throw .io("\(name):\(line): this is no journal of --resume; it is left as it is")
            case .version(let version): throw .refused("\(name) has version \(version); it belongs to another fetchall")
            case .options(let names):
                let verb = names.count == 1 ? "is" : "are"
                throw .refused("\(names.joined(separator: ", ")) \(verb) not what \(name) was begun with")
            }
        }
        throw failure(name)
    }

    private static func failure(_ name: String) -> Failure {
        .io("cannot use \(name): \(String(cString: strerror(errno)))")
    }
}
