/// The work of a reading thread for lines: it reads a file and passes chunks of lines on, one chunk for each piece
/// read.
package struct LineReading {
    package let text: TextReading

    /// Takes each value as it is.
    package init(text: TextReading) {
        self.text = text
    }

    /// Reads everything and passes chunks on until the closure returns false; returns what went wrong, or nil.
    package func run(_ push: ([String]) -> Bool) -> InputFailure? {
        var splitter = LineSplitter()
        var number = 0
        var chunk: [String] = []
        var tooLong: Int?
        func take(_ line: LineSplitter.Line) {
            number += 1
            if line.isCut { tooLong = tooLong ?? number }
            guard tooLong == nil else { return }
            let bytes = line.bytes.last == 0x0D ? line.bytes.dropLast() : line.bytes
            chunk.append(String(decoding: bytes, as: UTF8.self))
        }
        return text.run({ splitter.feed($0, take) }) { isLast in
            if isLast { splitter.finish(take) }
            guard push(chunk) else { return .stop }
            chunk.removeAll(keepingCapacity: true)
            guard let tooLong else { return .goOn }
            return .fail("line \(tooLong) is longer than \(LineSplitter.maximumLength) bytes")
        }
    }
}
