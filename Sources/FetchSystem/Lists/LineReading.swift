/// The work of a reading thread for lines: it reads a file and passes chunks of lines on, one chunk for each piece
/// read.
package struct LineReading {
    package let text: TextReading
    /// Whether a line that is not UTF-8 ends the reading; else its other bytes become U+FFFD. Comments (`#`) may be
    /// anything.
    private let isStrict: Bool

    /// Takes each value as it is.
    package init(text: TextReading, isStrict: Bool = false) {
        self.text = text
        self.isStrict = isStrict
    }

    /// Reads everything and passes chunks on until the closure returns false; returns what went wrong, or nil.
    package func run(_ push: ([String]) -> Bool) -> InputFailure? {
        var splitter = LineSplitter()
        var number = 0
        var chunk: [String] = []
        var problem: String?
        func take(_ line: LineSplitter.Line) {
            guard problem == nil else { return }
            number += 1
            if line.isCut {
                problem = "line \(number) is longer than \(LineSplitter.maximumLength) bytes"
                return
            }
            let bytes = line.bytes.last == 0x0D ? line.bytes.dropLast() : line.bytes
            if let line = String(validating: bytes, as: UTF8.self) {
                chunk.append(line)
            } else if !isStrict || bytes.first(where: { $0 != 0x20 && $0 != 0x09 }) == UInt8(ascii: "#") {
                chunk.append(String(decoding: bytes, as: UTF8.self))
            } else {
                problem = "line \(number) is not UTF-8"
            }
        }
        return text.run({ splitter.feed($0, take) }) { isLast in
            if isLast { splitter.finish(take) }
            guard push(chunk) else { return .stop }
            chunk.removeAll(keepingCapacity: true)
            return problem.map { .fail($0) } ?? .goOn
        }
    }
}
