/// The pure part of reading a list: bytes in, chunks of inputs out.
///
/// What is there is handed out at the end of each block of bytes, however little it is: the first line of a pipe must
/// not wait for the two hundredth.
struct ListRun {
    private let defaults: RequestDefaults
    private let deliver: ([Input]) -> Bool
    private var content = ListContent()
    private var splitter = LineSplitter()
    private var chunk: [Input] = []
    private var index: Int
    private var isAtStart = true

    /// Starts at the beginning of a list.
    ///
    /// - Parameters:
    ///   - defaults: What every request gets.
    ///   - index: The index of the first input.
    ///   - deliver: Takes a chunk; false if no more is wanted.
    init(defaults: RequestDefaults, index: Int, deliver: @escaping ([Input]) -> Bool) {
        self.defaults = defaults
        self.index = index
        self.deliver = deliver
    }

    /// How many lines have ended.
    var lines: Int { splitter.lines }

    /// Takes the next bytes; false if no more are wanted.
    mutating func feed(_ block: ArraySlice<UInt8>) throws(ParseFailure) -> Bool {
        // The parts are taken apart so that the closures below may change them while `content` is being changed.
        var content = content
        defer { self.content = content }
        let goesOn = try content.feed(block) { text in split(text) }
        return goesOn && flush()
    }

    /// Takes the end of the list, which ends its last line too.
    mutating func finish() throws(ParseFailure) {
        var content = content
        guard try content.finish({ text in split(text) }) else { return }
        var splitter = splitter
        let goesOn = splitter.finish { line, isCut in add(line, isCut: isCut) }
        self.splitter = splitter
        if goesOn { flush() }
    }

    /// Hands out what is there. A line whose end did not come is not among it: half a URL is another URL.
    @discardableResult
    mutating func flush() -> Bool {
        guard !chunk.isEmpty else { return true }
        let full = chunk
        chunk = []
        return deliver(full)
    }

    private mutating func split(_ text: ArraySlice<UInt8>) -> Bool {
        var splitter = splitter
        self.splitter = LineSplitter()
        defer { self.splitter = splitter }
        return splitter.feed(text) { line, isCut in add(line, isCut: isCut) }
    }

    private mutating func add(_ line: ArraySlice<UInt8>, isCut: Bool) -> Bool {
        // A byte order mark says "UTF-8" to those who need to be told, and is no part of the first URL.
        let hasMark = isAtStart && line.starts(with: [0xEF, 0xBB, 0xBF])
        isAtStart = false
        let line = hasMark ? line.dropFirst(3) : line
        guard var input = ListLine.parse(line, defaults: defaults, isCut: isCut) else { return true }
        input.index = index
        index += 1
        chunk.append(input)
        return chunk.count < InputLimits.chunk || flush()
    }
}
