import FetchHTTP
import FetchSystem

/// The work of the reading thread: it turns sources into chunks of numbered inputs.
struct SourceReading {
    let sources: [SourceArgument]
    let waker: Waker
    /// Gives inputs what their bodies must have; nil for none.
    let checksums: InputChecksums?
    /// Whether inputs get the values of the globs of their URLs.
    let keepsGlobParts: Bool
    /// The files that the requests of all lists may send; nil for those below the folder of each list.
    private let files: ListFiles?
    private var listLine: ListLine
    private var index = 0
    private var chunk: [Input] = []
    /// Why lists ended early, if any did.
    private(set) var failure: InputFailure?

    init(
        sources: [SourceArgument], defaults: RequestDefaults, waker: Waker, checksums: InputChecksums? = nil,
        keepsGlobParts: Bool = false, files: ListFiles? = nil
    ) {
        self.sources = sources
        self.waker = waker
        self.checksums = checksums
        self.keepsGlobParts = keepsGlobParts
        self.files = files
        listLine = ListLine(defaults: defaults)
    }

    /// Reads everything and passes chunks on until the closure returns false.
    mutating func run(_ push: ([Input]) -> Bool) {
        for source in sources {
            let goesOn: Bool
            switch source {
            case .url(let text): goesOn = add(text, push)
            case .urls(let glob): goesOn = add(glob, push)
            case .list(let file): goesOn = read(file, push)
            }
            if !goesOn { break }
        }
        _ = flush(push)
        Self.close(sources)
    }

    /// Closes the lists, but not standard input.
    static func close(_ sources: [SourceArgument]) {
        for case .list(let file) in sources where file.descriptor != 0 { SystemFile.close(file.descriptor) }
    }

    private mutating func add(_ text: String, _ push: ([Input]) -> Bool) -> Bool {
        add(listLine.input(url: text, id: nil, index: index, location: "argument"), push)
    }

    private mutating func add(_ glob: URLGlob, _ push: ([Input]) -> Bool) -> Bool {
        guard keepsGlobParts, glob.hasGlobs else { return glob.allSatisfy { add($0, push) } }
        var urls = glob.makeIterator()
        while true {
            let parts = urls.globParts
            guard let text = urls.next() else { return true }
            var input = listLine.input(url: text, id: nil, index: index, location: "argument")
            input.globParts = parts
            guard add(input, push) else { return false }
        }
    }

    private mutating func add(_ input: __owned Input, _ push: ([Input]) -> Bool) -> Bool {
        var input = input
        if index == 0, case .failure = input.request { listLine.defaults.gate?.firstIsInvalid() }
        checksums?.apply(to: &input)
        index += 1
        chunk.append(input)
        return chunk.count < SourceReader.chunkSize || flush(push)
    }

    private mutating func flush(_ push: ([Input]) -> Bool) -> Bool {
        guard !chunk.isEmpty else { return true }
        defer { chunk = [] }
        return push(chunk)
    }

    /// Reads one list; returns false when reading on is useless.
    private mutating func read(_ file: ListFile, _ push: ([Input]) -> Bool) -> Bool {
        listLine.files = files ?? file.path.map(ListFiles.beside) ?? .none
        var content = ListContent()
        var splitter = LineSplitter()
        var number = 0
        var isWanted = true
        func take(_ reading: inout SourceReading, _ line: LineSplitter.Line) {
            number += 1
            guard isWanted,
                let input = reading.listLine.input(line, index: reading.index, location: "\(file.name):\(number)")
            else { return }
            isWanted = reading.add(input, push)
        }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while isWanted {
            switch SystemFile.read(file.descriptor, into: &buffer, orWoken: waker) {
            case .woken:
                // The source was closed; the next push notices it, and a spurious wake-up costs nothing.
                isWanted = push([])
            case .failed(let reason): return fail(file, reason)
            case .end:
                if let problem = content.finish({ splitter.feed($0) { take(&self, $0) } }) {
                    return fail(file, problem)
                }
                splitter.finish { take(&self, $0) }
                return isWanted
            case .bytes(let count):
                let problem = content.feed(buffer[..<count]) { splitter.feed($0) { take(&self, $0) } }
                if let problem { return fail(file, problem) }
                // Inputs that have arrived are passed on now, not when a chunk is full.
                isWanted = isWanted && flush(push)
            }
        }
        return false
    }

    /// Ends the list and continues with the next source. The complete lines before the failure are kept; the incomplete
    /// one is not.
    private mutating func fail(_ file: ListFile, _ problem: String) -> Bool {
        let before = failure.map { "\($0.message); " } ?? ""
        failure = InputFailure("\(before)\(file.name): \(problem)")
        return true
    }
}
