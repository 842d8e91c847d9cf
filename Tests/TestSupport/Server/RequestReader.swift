/// Cuts the bytes of a connection into requests: heads, bodies of a known length, chunked bodies.
///
/// A pure state machine: bytes in, requests out. It reads what clients send when they behave; what makes no sense is
/// `malformed`, and the connection ends.
struct RequestReader {
    enum Outcome {
        case incomplete
        /// The client wants to be told to go on before it sends its body.
        case wantsContinue
        case request(RequestHead, body: [UInt8])
        case malformed
    }

    private enum Stage {
        case head(scanned: Int)
        case fixedBody(RequestHead, length: Int)
        case chunks(RequestHead, soFar: [UInt8])
    }

    /// A head longer than this is not read on.
    private static let headLimit = 1 << 20

    private var stage = Stage.head(scanned: 0)

    /// Takes the next request off the front of `input`.
    mutating func next(_ input: inout [UInt8]) -> Outcome {
        switch stage {
        case .head(let scanned):
            guard let end = Self.headEnd(input, from: max(0, scanned - 3)) else {
                stage = .head(scanned: input.count)
                return input.count > Self.headLimit ? .malformed : .incomplete
            }
            guard let head = RequestHead(Array(input[..<end])) else { return .malformed }
            Self.consume(&input, end + 4)
            return begin(head, &input)
        case .fixedBody(let head, let length):
            guard input.count >= length else { return .incomplete }
            let body = Array(input[..<length])
            Self.consume(&input, length)
            return finish(head, body)
        case .chunks(let head, let soFar):
            return readChunks(head, soFar, &input)
        }
    }

    private mutating func begin(_ head: RequestHead, _ input: inout [UInt8]) -> Outcome {
        if head.isChunked {
            stage = .chunks(head, soFar: [])
        } else if let length = head.contentLength, length > 0 {
            stage = .fixedBody(head, length: length)
        } else {
            return finish(head, [])
        }
        // A client that has sent its body already does not need to be told.
        return head.expectsContinue && input.isEmpty ? .wantsContinue : next(&input)
    }

    private mutating func finish(_ head: RequestHead, _ body: [UInt8]) -> Outcome {
        stage = .head(scanned: 0)
        return .request(head, body: body)
    }

    private mutating func readChunks(_ head: RequestHead, _ soFar: [UInt8], _ input: inout [UInt8]) -> Outcome {
        var body = soFar
        var position = 0
        while let lineEnd = Self.lineEnd(input, from: position) {
            let line = input[position..<lineEnd].prefix { $0 != UInt8(ascii: ";") }
            guard let size = Int(String(decoding: line, as: UTF8.self), radix: 16), size >= 0, size < 1 << 40 else {
                return .malformed
            }
            if size == 0 {
                guard let end = Self.trailerEnd(input, from: lineEnd + 2) else { break }
                Self.consume(&input, end)
                return finish(head, body)
            }
            guard input.count >= lineEnd + 2 + size + 2 else { break }
            body += input[lineEnd + 2..<lineEnd + 2 + size]
            position = lineEnd + 2 + size + 2
        }
        Self.consume(&input, position)
        stage = .chunks(head, soFar: body)
        return .incomplete
    }

    /// Where the trailer fields and the empty line after them end.
    private static func trailerEnd(_ input: [UInt8], from start: Int) -> Int? {
        var position = start
        while let end = lineEnd(input, from: position) {
            if end == position { return end + 2 }
            position = end + 2
        }
        return nil
    }

    private static func lineEnd(_ input: [UInt8], from start: Int) -> Int? {
        guard start < input.count else { return nil }
        return input[start...].firstIndex(of: 0x0D).flatMap { $0 + 1 < input.count ? $0 : nil }
    }

    private static func headEnd(_ input: [UInt8], from start: Int) -> Int? {
        input.withUnsafeBufferPointer { bytes in
            var position = start
            while position + 3 < bytes.count {
                // Looking at the last of four bytes first lets the scan jump.
                switch bytes[position + 3] {
                case 0x0A:
                    if bytes[position] == 0x0D, bytes[position + 1] == 0x0A, bytes[position + 2] == 0x0D {
                        return position
                    }
                    position += 2
                case 0x0D: position += 1
                default: position += 4
                }
            }
            return nil
        }
    }

    private static func consume(_ input: inout [UInt8], _ count: Int) {
        if count == input.count { input.removeAll(keepingCapacity: true) } else { input.removeFirst(count) }
    }
}
