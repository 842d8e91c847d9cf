/// The work of a reading thread for text: it reads a file in pieces of text, decompressed and without a byte order
/// mark.
package struct TextReading {
    /// Whether reading continues after a piece.
    package enum Verdict {
        case goOn
        /// No more text is wanted.
        case stop
        /// The text is not valid; the value says why.
        case fail(String)
    }

    package let file: ListFile
    package let waker: Waker

    /// Takes each value as it is.
    package init(file: ListFile, waker: Waker) {
        self.file = file
        self.waker = waker
    }

    /// Reads everything.
    ///
    /// - Parameters:
    ///   - take: Receives the text, in any pieces.
    ///   - decide: Called after each read, and with true at the end.
    /// - Returns: What went wrong, or nil.
    package func run(
        _ take: (ArraySlice<UInt8>) -> Void, decide: (_ isLast: Bool) -> Verdict
    ) -> InputFailure? {
        var content = ListContent()
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
