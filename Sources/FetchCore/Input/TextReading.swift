/// A reading thread's work for any text: a file to pieces of its text, inflated and without its byte order mark.
struct TextReading {
    /// Whether to go on after a piece.
    enum Verdict {
        case goOn
        /// Nobody wants more.
        case stop
        /// The text is not what it should be: what is wrong.
        case fail(String)
    }

    let file: ListFile
    let waker: Waker

    /// Reads everything.
    ///
    /// - Parameters:
    ///   - take: Gets the text, in any pieces.
    ///   - decide: Asked after each read, and with true at the end.
    /// - Returns: What went wrong, or nil.
    func run(
        _ take: (ArraySlice<UInt8>) -> Void, decide: (_ isLast: Bool) -> Verdict
    ) -> InputFailure? {
        var content = ListContent()
        defer { content.close() }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            var isLast = false
            var problem: String?
            switch SystemFile.read(file.descriptor, into: &buffer, orWoken: waker) {
            case .woken: break
            case .failed(let reason): problem = reason
            case .bytes(let count): problem = content.feed(buffer[..<count], take)
            case .end:
                problem = content.finish(take)
                isLast = problem == nil
            }
            switch decide(isLast) {
            case .stop: return nil
            case .fail(let reason): return InputFailure("\(file.name): \(reason)")
            case .goOn: break
            }
            if let problem { return InputFailure("\(file.name): \(problem)") }
            if isLast { return nil }
        }
    }
}
