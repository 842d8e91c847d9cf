import FetchRecords

/// Reads a journal one block at a time. Pure: it takes bytes and returns what is done.
struct JournalReading: Sendable {
    /// Why a file cannot be used as the journal.
    enum Failure: Error, Sendable, Hashable {
        /// It is another file; it must not be changed.
        case foreign
        /// It has another version.
        case version(String)
        /// It was made with other options; the value is their names.
        case options([String])
    }

    private let expected: [(name: String, value: String)]?
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
    /// The checksum of all up to there; nil in a journal without checksums.
    private(set) var sum: UInt32?
    /// The origin that the credentials of the command line are for; nil if it is not recorded.
    private(set) var credentialOrigin: String?
    /// The number of the first line that is damaged. It and what follows do not count; nil in a good journal.
    private(set) var damagedLine: Int?

    /// The checksum of all that was read.
    private var readSum: UInt32?
    private var carry: [UInt8] = []
    private var position = 0
    private var lineNumber = 0
    /// Whether a line was found whose record was never written: the lines after it are not valid either.
    private var isOver = false

    /// - Parameters:
    ///   - options: The options of this run, which must be the journal's; nil to read any journal.
    ///   - outputSize: The length of the output; records beyond it were recorded but not written.
    ///   - failedSize: The same for the list of failures.
    init(options: [(name: String, value: String)]?, outputSize: Int?, failedSize: Int?) {
        expected = options
        self.outputSize = outputSize
        self.failedSize = failedSize
    }

    /// Reads a block.
    mutating func feed(_ bytes: ArraySlice<UInt8>) throws(Failure) {
        var rest = bytes
        while damagedLine == nil, let lineEnd = rest.firstIndex(of: 0x0A) {
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
        guard damagedLine == nil else { return }
        carry += rest
        // No line of a journal is that long, and a file without lines is not a journal.
        if carry.count > 1 << 20 {
            if lineNumber == 0, !carry.starts(with: JournalText.magic) { throw .foreign }
            damagedLine = lineNumber + 1
        }
    }

    /// Ends the journal. The rest is a line that was cut when the process died.
    func finish() throws(Failure) {
        if lineNumber == 0, !carry.isEmpty, !carry.starts(with: JournalText.magic),
            !JournalText.magic.starts(with: carry)
        {
            throw .foreign
        }
    }

    private mutating func take(_ line: ArraySlice<UInt8>) throws(Failure) {
        lineNumber += 1
        position += line.count + 1
        if lineNumber == 1 {
            try takeHeader(line)
            if damagedLine == nil { end = position }
            return
        }
        if let origin = JournalText.readOrigin(line, sum: &readSum) {
            guard !isOver else { return }
            credentialOrigin = credentialOrigin ?? origin
            end = position
            sum = readSum
            return
        }
        guard let entry = JournalText.read(line, sum: &readSum) else {
            damagedLine = lineNumber
            return
        }
        if let outputSize, entry.outputEnd > outputSize { isOver = true }
        if let failedSize, entry.failedEnd > failedSize { isOver = true }
        guard !isOver else { return }
        completed.insert(entry.index, entry.fingerprint)
        if !entry.isOK { failedCount += 1 }
        outputEnd = entry.outputEnd
        failedEnd = entry.failedEnd
        end = position
        sum = readSum
    }

    private mutating func takeHeader(_ line: ArraySlice<UInt8>) throws(Failure) {
        guard line.starts(with: JournalText.magic) else { throw .foreign }
        guard let header = JournalText.readHeader(line) else {
            damagedLine = 1
            return
        }
        guard [JournalText.version, JournalText.versionWithoutChecksums].contains(header.version) else {
            throw .version(header.version)
        }
        readSum = header.sum
        sum = header.sum
        guard let expected else { return }
        let options = header.options
        let before = Dictionary(options.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        let now = Dictionary(expected.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        let names = (expected.map(\.name) + options.map(\.name).filter { now[$0] == nil })
            .filter { before[$0] != now[$0] }
        if !names.isEmpty { throw .options(names) }
    }
}
