import FetchRecords

/// Reads a journal one block at a time. Pure: it takes bytes and returns what is done.
struct JournalReading: Sendable {
    /// Why a file cannot be used as the journal.
    enum Failure: Error, Sendable, Hashable {
        /// It is another file, or is damaged; it must not be changed.
        case damaged(line: Int)
        /// It has another version.
        case version(String)
        /// It was made with other options; the value is their names.
        case options([String])
    }

    private let expected: [(name: String, value: String)]
    /// The lengths of the output and of the list of failures; nil if they cannot be measured.
    private let outputSize: Int?
    private let failedSize: Int?

    private(set) var completed = CompletedInputs()
    /// The number of completed inputs that failed.
    private(set) var failedCount = 0
    /// The offset where the last complete record ends.
    private(set) var outputEnd = 0
    /// The offset where the list of failures ends after it.
    private(set) var failedEnd = 0
    /// The offset in the journal where the last valid line ends; 0 for an empty journal.
    private(set) var end = 0

    private var carry: [UInt8] = []
    private var position = 0
    private var lineNumber = 0
    /// Whether a line was found whose record was never written: the lines after it are not valid either.
    private var isOver = false

    /// - Parameters:
    ///   - options: The options of this run, which must be the journal's.
    ///   - outputSize: The length of the output; records beyond it were recorded but not written.
    ///   - failedSize: The same for the list of failures.
    init(options: [(name: String, value: String)], outputSize: Int?, failedSize: Int?) {
        expected = options
        self.outputSize = outputSize
        self.failedSize = failedSize
    }

    /// Reads a block.
    mutating func feed(_ bytes: ArraySlice<UInt8>) throws(Failure) {
        var rest = bytes
        while let lineEnd = rest.firstIndex(of: 0x0A) {
            if carry.isEmpty {
                try take(rest[..<lineEnd])
            } else {
                carry += rest[..<lineEnd]
                let line = carry
                carry.removeAll(keepingCapacity: true)
                try take(line[...])
            }
            rest = rest[(lineEnd + 1)...]
        }
        carry += rest
        // No line of a journal is that long, and a file without lines is not a journal.
        if carry.count > 1 << 20 { throw .damaged(line: lineNumber + 1) }
    }

    /// Ends the journal. The rest is a line that was cut when the process died.
    func finish() throws(Failure) {
        if lineNumber == 0, !carry.isEmpty, !carry.starts(with: JournalText.magic),
            !JournalText.magic.starts(with: carry)
        {
            throw .damaged(line: 1)
        }
    }

    private mutating func take(_ line: ArraySlice<UInt8>) throws(Failure) {
        lineNumber += 1
        position += line.count + 1
        if lineNumber == 1 {
            try takeHeader(line)
            end = position
            return
        }
        guard let entry = JournalText.read(line) else { throw .damaged(line: lineNumber) }
        if let outputSize, entry.outputEnd > outputSize { isOver = true }
        if let failedSize, entry.failedEnd > failedSize { isOver = true }
        guard !isOver else { return }
        completed.insert(entry.index, entry.fingerprint)
        if !entry.isOK { failedCount += 1 }
        outputEnd = entry.outputEnd
        failedEnd = entry.failedEnd
        end = position
    }

    private func takeHeader(_ line: ArraySlice<UInt8>) throws(Failure) {
        guard let (version, options) = JournalText.readHeader(line) else { throw .damaged(line: 1) }
        guard version == JournalText.version else { throw .version(version) }
        let before = Dictionary(options.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        let now = Dictionary(expected.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        let names = (expected.map(\.name) + options.map(\.name).filter { now[$0] == nil })
            .filter { before[$0] != now[$0] }
        if !names.isEmpty { throw .options(names) }
    }
}
