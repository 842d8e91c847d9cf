/// Decompresses a gzip stream in pieces, one member after the other (RFC 1952 §2.2).
///
/// Not Sendable: it belongs to the thread that reads the list.
package final class GzipReader {
    /// The position in the stream.
    private enum State { case inMember, betweenMembers }

    private var stream: InflateStream
    private var output = [UInt8](repeating: 0, count: 65_536)
    private var state = State.inMember

    /// Makes a reader; nil when memory is exhausted.
    package init?() {
        guard let stream = InflateStream(.gzip) else { return nil }
        self.stream = stream
    }

    /// Whether the stream may end here.
    package var isComplete: Bool { state == .betweenMembers }

    /// Decompresses a piece and calls the closure with each block of at most 64 KiB.
    ///
    /// - Returns: Why the data is corrupt, in zlib's words; nil if it is valid so far.
    package func inflate(_ piece: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Void) -> String? {
        guard !piece.isEmpty else { return nil }
        return piece.withUnsafeBytes { input in inflateAll(input, body) }
    }

    private func inflateAll(_ input: UnsafeRawBufferPointer, _ body: (ArraySlice<UInt8>) -> Void) -> String? {
        var input = input
        while true {
            if state == .betweenMembers {
                // Tapes and some programs pad with zeros; anything else must be another member.
                input = UnsafeRawBufferPointer(rebasing: input.drop { $0 == 0 })
                guard !input.isEmpty else { return nil }
                stream.restart()
                state = .inMember
            }
            switch output.withUnsafeMutableBytes({ stream.step(&input, into: $0) }) {
            case .ended(let count):
                pass(count, body)
                state = .betweenMembers
            case .wrote(let count):
                pass(count, body)
                // The output had room left, so only more input can give more.
                if count < output.count { return nil }
            case .corrupt(let count, let reason):
                pass(count, body)
                return reason
            }
        }
    }

    private func pass(_ count: Int, _ body: (ArraySlice<UInt8>) -> Void) {
        if count > 0 { body(output[..<count]) }
    }
}
