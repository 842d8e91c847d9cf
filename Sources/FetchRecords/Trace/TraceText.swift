package import FetchHTTP
import FetchSystem

/// Turns what a run tells about its transfers into lines without secrets.
package struct TraceText: Sendable {
    /// Who sees a line.
    package enum Detail: Int, Sendable, Comparable {
        /// Requests, responses, TLS, and what was decided.
        case heads = 1
        /// libcurl's own text.
        case text
        /// Bodies.
        case bodies

        package static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
    }

    /// A line without its line break; no terminal interprets it.
    package struct Line: Sendable, Equatable {
        package let detail: Detail
        package let bytes: [UInt8]
    }

    /// One direction of the body of a transfer.
    private struct Stream {
        var offset = 0
        /// What may be the beginning of a secret.
        var rest: [UInt8] = []
    }

    private struct StreamKey: Hashable {
        let transfer: Int
        let isSent: Bool
    }

    /// The secrets that are known.
    package var mask = SecretMask()
    private let showsIndex: Bool
    private let showsDigits: Bool
    private var streams: [StreamKey: Stream] = [:]

    /// Makes the text of a run.
    ///
    /// - Parameters:
    ///   - showsIndex: Whether lines begin with the index of their input.
    ///   - showsDigits: Whether bodies are hexadecimal digits too, and not only text.
    package init(showsIndex: Bool, showsDigits: Bool = true) {
        self.showsIndex = showsIndex
        self.showsDigits = showsDigits
    }

    /// The lines of an event.
    package mutating func lines(of event: TraceEvent) -> [Line] {
        var lines: [Line] = []
        let prefix = showsIndex ? event.input.map { "[\($0)] " } ?? "" : ""
        func add(_ detail: Detail, _ mark: String, _ bytes: [UInt8]) {
            let text = TerminalText.escaped(ByteText.shown(ByteText.text(of: bytes)))
            lines.append(Line(detail: detail, bytes: Array("\(prefix)\(mark)\(text)".utf8)))
        }
        switch event.content {
        case .note(let text): add(.heads, "* ", mask.masked(Array(text.utf8)))
        case .text(let bytes):
            for line in bytes.split(separator: 0x0A) {
                let line = Array(line.drop { $0 == 0x20 })
                add(TraceField.isAboutTLS(line) ? .heads : .text, "* ", mask.masked(TraceField.hiding(inText: line)))
            }
        case .requestHead(let bytes):
            for line in bytes.split(separator: 0x0A) { add(.heads, "> ", field(line)) }
        case .responseLine(let bytes):
            for line in bytes.split(separator: 0x0A) { add(.heads, "< ", field(line)) }
        case .requestBody(let bytes): dump(bytes, event, isSent: true, add)
        case .responseBody(let bytes): dump(bytes, event, isSent: false, add)
        case .end:
            for isSent in [true, false] { dump(nil, event, isSent: isSent, add) }
        }
        return lines
    }

    private mutating func field(_ line: ArraySlice<UInt8>) -> [UInt8] {
        let line = line.last == 0x0D ? line.dropLast() : line
        if let (name, value) = TraceField.secret(in: line) {
            mask.learn(name, value)
            return Array(line.prefix(name.utf8.count)) + Array(": ".utf8) + SecretMask.mask
        }
        if let url = TraceField.url(in: line) { mask.learn(url: url) }
        return mask.masked(TraceField.hidingCredentials(in: line))
    }

    /// Adds the dump of bytes; nil is the end of the body.
    private mutating func dump(
        _ bytes: [UInt8]?, _ event: TraceEvent, isSent: Bool, _ add: (Detail, String, [UInt8]) -> Void
    ) {
        let key = StreamKey(transfer: event.transfer ?? 0, isSent: isSent)
        guard var stream = bytes == nil ? streams[key] : streams[key] ?? Stream() else { return }
        let (masked, rest) = mask.masked(stream.rest + (bytes ?? []), isLast: bytes == nil)
        stream.rest = rest
        if !masked.isEmpty {
            let mark = isSent ? "> " : "< "
            add(.bodies, mark, Array("body, \(masked.count) bytes".utf8))
            for line in HexDump.lines(masked, from: stream.offset, showsDigits: showsDigits) {
                add(.bodies, mark, line)
            }
        }
        stream.offset += masked.count
        streams[key] = bytes == nil ? nil : stream
    }
}
