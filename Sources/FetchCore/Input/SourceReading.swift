/// The reading thread's work: sources to chunks of numbered inputs.
struct SourceReading {
    let sources: [SourceArgument]
    let waker: Waker
    private let listLine: ListLine
    private var index = 0
    private var chunk: [Input] = []
    private(set) var failure: InputFailure?

    init(sources: [SourceArgument], defaults: RequestDefaults, waker: Waker) {
        self.sources = sources
        self.waker = waker
        listLine = ListLine(defaults: defaults)
    }

    /// Reads everything, handing chunks over until the closure gives false.
    mutating func run(_ push: ([Input]) -> Bool) {
        for source in sources {
            let goesOn: Bool
            switch source {
            case .url(let text): goesOn = add(text, push)
            case .urls(let glob): goesOn = glob.allSatisfy { add($0, push) }
            case .list(let file): goesOn = read(file, push)
            }
            if !goesOn { break }
        }
        _ = flush(push)
        for case .list(let file) in sources where file.descriptor != 0 { SystemFile.close(file.descriptor) }
    }

    private mutating func add(_ text: String, _ push: ([Input]) -> Bool) -> Bool {
        add(
            ListLine.input(url: text, id: nil, index: index, defaults: listLine.defaults, place: "argument"), push)
    }

    private mutating func add(_ input: Input, _ push: ([Input]) -> Bool) -> Bool {
        index += 1
        chunk.append(input)
        return chunk.count < SourceReader.chunkSize || flush(push)
    }

    private mutating func flush(_ push: ([Input]) -> Bool) -> Bool {
        guard !chunk.isEmpty else { return true }
        defer { chunk = [] }
        return push(chunk)
    }

    /// Reads one list; false when it is of no use to go on.
    private mutating func read(_ file: ListFile, _ push: ([Input]) -> Bool) -> Bool {
        var splitter = LineSplitter()
        var gzip: GzipReader?
        defer { gzip?.close() }
        // The first bytes, until there are two of them: a pipe may give one at a time.
        var start: [UInt8]? = []
        var number = 0
        var isWanted = true
        func take(_ reading: inout SourceReading, _ line: LineSplitter.Line) {
            number += 1
            // The mark of UTF-8 may stand before the first line, of a compressed list too.
            let isMarked = number == 1 && line.bytes.starts(with: [0xEF, 0xBB, 0xBF])
            let line = isMarked ? LineSplitter.Line(bytes: line.bytes.dropFirst(3), isCut: line.isCut) : line
            guard isWanted,
                let input = reading.listLine.input(line, index: reading.index, place: "\(file.name):\(number)")
            else { return }
            isWanted = reading.add(input, push)
        }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while isWanted {
            switch SystemFile.read(file.descriptor, into: &buffer, orWoken: waker) {
            case .woken:
                // Somebody closed the source; a push finds out, and a spurious wake-up costs nothing.
                isWanted = push([])
            case .failed(let reason):
                failure = InputFailure("\(file.name): \(reason)")
                isWanted = false
            case .end:
                if let start { splitter.feed(start[...]) { take(&self, $0) } }
                if let gzip, !gzip.isComplete {
                    failure = InputFailure("\(file.name): the gzip data ends too early")
                }
                splitter.finish { take(&self, $0) }
                return isWanted && failure == nil
            case .bytes(let count):
                var piece = buffer[..<count]
                if let first = start {
                    piece = (first + piece)[...]
                    start = piece.count < 2 ? Array(piece) : nil
                    if start != nil { continue }
                    if ListFile.isGzip(piece) {
                        gzip = GzipReader()
                    } else if let problem = ListFile.problem(piece) {
                        failure = InputFailure("\(file.name): \(problem)")
                        return false
                    }
                }
                if let gzip {
                    let isGood = gzip.inflate(piece) { splitter.feed($0) { take(&self, $0) } }
                    if !isGood {
                        failure = InputFailure("\(file.name): the gzip data is corrupt")
                        isWanted = false
                    }
                } else {
                    splitter.feed(piece) { take(&self, $0) }
                }
                // What has arrived goes on its way now, not when a chunk is full.
                isWanted = isWanted && flush(push)
            }
        }
        return false
    }
}
