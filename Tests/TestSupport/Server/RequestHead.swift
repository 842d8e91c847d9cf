/// The head of a request, taken apart as far as the server itself must understand it.
struct RequestHead {
    /// The request line and the fields, without the empty line that ends them.
    let bytes: [UInt8]
    let method: String
    let target: String
    private(set) var host = ""
    private(set) var contentLength: Int?
    private(set) var isChunked = false
    private(set) var expectsContinue = false
    private(set) var keepsAlive: Bool

    /// Takes a head apart; nil if its request line or a length makes no sense.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        let line = bytes.prefix { $0 != 0x0D && $0 != 0x0A }
        let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count == 3, !words[0].isEmpty, !words[1].isEmpty, words[2].starts(with: Self.http) else {
            return nil
        }
        method = String(decoding: words[0], as: UTF8.self)
        target = String(decoding: words[1], as: UTF8.self)
        keepsAlive = words[2].last == UInt8(ascii: "1")
        var isBroken = false
        Self.forEachField(of: bytes) { bytes, name, value in
            // The length of the name rules out nearly every field before a byte is compared.
            switch name.count {
            case 4 where Self.matches(bytes[name], Self.hostName):
                self.host = String(decoding: bytes[value], as: UTF8.self)
            case 6 where Self.matches(bytes[name], Self.expectName):
                self.expectsContinue = Self.matches(bytes[value], Self.continueValue)
            case 10 where Self.matches(bytes[name], Self.connectionName):
                if Self.matches(bytes[value], Self.closeValue) { self.keepsAlive = false }
            case 14 where Self.matches(bytes[name], Self.lengthName):
                self.contentLength = Int(String(decoding: bytes[value], as: UTF8.self))
                if (self.contentLength ?? -1) < 0 { isBroken = true }
            case 17 where Self.matches(bytes[name], Self.encodingName):
                self.isChunked = Self.matches(bytes[value], Self.chunkedValue)
            default: break
            }
        }
        if isBroken { return nil }
    }

    private static let http = Array("HTTP/1.".utf8)
    private static let hostName = Array("host".utf8)
    private static let expectName = Array("expect".utf8)
    private static let continueValue = Array("100-continue".utf8)
    private static let connectionName = Array("connection".utf8)
    private static let closeValue = Array("close".utf8)
    private static let lengthName = Array("content-length".utf8)
    private static let encodingName = Array("transfer-encoding".utf8)
    private static let chunkedValue = Array("chunked".utf8)

    /// Calls `visit` with the ranges of name and value of every field of a head; the request line is skipped.
    static func forEachField(of head: [UInt8], _ visit: (UnsafeBufferPointer<UInt8>, Range<Int>, Range<Int>) -> Void) {
        head.withUnsafeBufferPointer { bytes in
            var start = (bytes.firstIndex(of: 0x0A) ?? bytes.count - 1) + 1
            while start < bytes.count {
                let lineEnd = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
                if let colon = bytes[start..<lineEnd].firstIndex(of: UInt8(ascii: ":")) {
                    var value = colon + 1..<lineEnd
                    while let first = value.first, isBlank(bytes[first]) { value = first + 1..<value.upperBound }
                    while let last = value.last, isBlank(bytes[last]) { value = value.lowerBound..<last }
                    visit(bytes, start..<colon, value)
                }
                start = lineEnd + 1
            }
        }
    }

    /// Whether bytes equal a lower-case word, without case.
    static func matches(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ word: [UInt8]) -> Bool {
        guard bytes.count == word.count else { return false }
        return zip(bytes, word).allSatisfy { byte, wanted in
            byte == wanted || (byte >= 0x41 && byte <= 0x5A && byte | 0x20 == wanted)
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}
