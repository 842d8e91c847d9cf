import FetchCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Takes outcomes off the stream and writes their records: order, form, destination, the list of what failed, and the
/// counts that the exit code and the summary are made of.
struct Emitter {
    /// Why a run cannot go on.
    enum End: Error {
        /// The reader of the records went away.
        case closed
        /// Something cannot be written: what and why.
        case failed(String)
    }

    /// Records that may wait for their turn before the run is held back.
    private static let largestOrderBuffer = 64 << 20

    let console: Console
    private var formatter: any Formatter
    private var order: OrderBuffer?
    private let output: OutputFile
    private let failedTo: OutputFile?
    private var failedLine = FailedLine()
    private var bytes: [UInt8] = []
    private var owedPlaces = 0
    private(set) var summary: Summary
    /// Looks at each outcome before it is counted and written.
    var filter: (any OutcomeFilter)?
    /// Where records go as rows.
    var table: RecordTable?
    private var rows: [Outcome] = []
    /// Whether documents could not be made as they should be.
    private(set) var hadProblems = false
    private let live: LiveLine
    private let isVerbose: Bool

    init(
        formatter: any Formatter, isOrdered: Bool, output: OutputFile, failedTo: OutputFile?, console: Console,
        live: LiveLine, isVerbose: Bool, isDetailed: Bool
    ) {
        self.formatter = formatter
        order = isOrdered ? OrderBuffer() : nil
        self.output = output
        self.failedTo = failedTo
        self.console = console
        self.live = live
        self.isVerbose = isVerbose
        summary = Summary(isDetailed: isDetailed)
    }

    /// Makes ready, on the thread that writes, before anything is sent.
    mutating func prepare() throws(InputFailure) {
        try formatter.prepare()
        try filter?.prepare()
    }

    /// Writes everything that the stream gives.
    mutating func consume(_ outcomes: OutcomeStream) async throws(End) {
        formatter.begin(into: &bytes)
        try flush()
        while let batch = await outcomes.next() {
            for outcome in batch { try take(outcome) }
            try flush()
            // Places come back once records are written, or wait in a buffer that is not too large.
            owedPlaces += batch.count
            if (order?.size ?? 0) < Self.largestOrderBuffer {
                outcomes.release(owedPlaces)
                owedPlaces = 0
            }
        }
        if var order {
            for outcome in order.drain() { try write(outcome) }
        }
        formatter.end(into: &bytes)
        try flush()
    }

    private mutating func take(_ outcome: Outcome) throws(End) {
        live.add(outcome)
        guard order != nil else { return try write(outcome) }
        for outcome in order?.add(outcome) ?? [] { try write(outcome) }
    }

    private mutating func write(_ outcome: Outcome) throws(End) {
        var outcome = outcome
        if filter?.apply(to: &outcome) ?? true { summary.add(outcome) }
        if table != nil { rows.append(outcome) }
        formatter.append(outcome, into: &bytes)
        if let error = outcome.error {
            if isVerbose {
                let name = filter == nil ? "" : (outcome.input.id ?? "") + ": "
                console.say("fetchall: \(name)\(PrintableURL.text(of: outcome.input)): \(error)")
            }
            if let failedTo {
                var line: [UInt8] = []
                failedLine.append(outcome.input, to: &line)
                try write(line, to: failedTo)
            }
        }
        if bytes.count >= 1 << 18 { try flush() }
    }

    private mutating func flush() throws(End) {
        try write(bytes, to: output)
        bytes.removeAll(keepingCapacity: true)
        for problem in formatter.takeProblems() {
            console.say("fetchall: \(problem)")
            hadProblems = true
        }
        do throws(InputFailure) {
            try table?.append(rows)
        } catch {
            throw .failed(error.message)
        }
        rows.removeAll(keepingCapacity: true)
    }

    private func write(_ bytes: [UInt8], to file: OutputFile) throws(End) {
        do {
            try console.write(bytes, to: file.descriptor)
        } catch {
            switch error {
            case .closed: throw .closed
            case .failed(let reason): throw .failed("cannot write \(file.name): \(reason)")
            }
        }
    }

    /// What has to be said of the list of failures.
    var leftOutSecrets: Bool { failedLine.leftOutSecrets }
}

/// An open file that records or lines go to.
struct OutputFile: Sendable {
    let name: String
    let descriptor: Int32

    static let standardOutput = OutputFile(name: "standard output", descriptor: 1)

    /// Creates or empties a file; `-` is standard output.
    ///
    /// - Throws: A sentence for people.
    static func create(_ path: String) throws(InputFailure) -> OutputFile {
        if path == "-" { return .standardOutput }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw InputFailure("cannot write \(TerminalText.escaped(path)): \(String(cString: strerror(errno)))")
        }
        return OutputFile(name: TerminalText.escaped(path), descriptor: descriptor)
    }

    /// Closes the file; false when bytes did not arrive (quota, NFS).
    func close() -> Bool {
        #if canImport(Glibc)
        descriptor <= 2 || Glibc.close(descriptor) == 0
        #else
        descriptor <= 2 || Darwin.close(descriptor) == 0
        #endif
    }
}
