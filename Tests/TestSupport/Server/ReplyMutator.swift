/// Makes broken replies of good ones, the same for the same number.
///
/// Fields that send a client elsewhere or make it wait are spoilt, so that a run of it stays on its server and is quick.
package struct ReplyMutator: Sendable {
    private let seeds: [[UInt8]]
    private let salt: UInt64

    /// Makes a mutator.
    ///
    /// - Parameters:
    ///   - seeds: Whole replies, besides the mutator's own.
    ///   - salt: Another one gives other replies.
    package init(seeds: [[UInt8]] = [], salt: UInt64 = 20) {
        self.seeds = (seeds + Self.ownSeeds.map { Array($0.utf8) }).filter { !$0.isEmpty }
        self.salt = salt
    }

    /// The bytes of a reply.
    package func reply(_ number: Int) -> [UInt8] {
        var random = SeededRandom(seed: salt << 32 | UInt64(truncatingIfNeeded: number))
        var bytes = seed(&random)
        for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, &random) }
        return Self.harmless(Array(bytes.prefix(48 * 1024)))
    }

    /// Whole replies that take every path through libcurl's reading of HTTP/1.
    package static let ownSeeds = [
        "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n3;x=y\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n2\r\nok\r\n0\r\nX: y\r\nZ: z\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 204 No Content\r\nSet-Cookie: a=b; Path=/; Domain=127.0.0.1\r\n\r\n",
        "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/9\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\n\r\nuntil the end",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end",
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-A: one\r\n two\r\n\tthree\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\u{1F}\u{7F}",
        "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
        "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d; Max-Age=0\r\nSet-Cookie: __Host-e=f; Secure\r\n"
            + "Content-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + String(repeating: "x", count: 20_000),
    ]

    /// What is put in as a line of its own.
    private static let lines = [
        " Date: x", "\tx", " ", "Content-Length: 2", "Content-Length: 3", "Content-Length: 99999999999999999999",
        "Content-Length: -1", "Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding:",
        "Transfer-Encoding: identity", "Content-Encoding: gzip", "Content-Encoding: br", "Content-Encoding: zstd",
        "Connection: close", "Connection: keep-alive", "Connection: Upgrade", "Keep-Alive: timeout=0", "Upgrade: h2c",
        "Set-Cookie: n=v; Path=/", "Set-Cookie: =", "Set-Cookie: a\u{1}b=c", "Trailer: X", "Alt-Svc: h2=\":1\"; ma=9",
        "Strict-Transport-Security: max-age=9", "Proxy-Authenticate: Basic", "WWW-Authenticate: Negotiate", "X", ":",
        ": x", "Content-Range: bytes 5-6/7", "HTTP/1.1 200 OK", "HTTP/1.1 100 Continue", "HTTP/2 200", "0", "2", "",
    ]

    private static let bytes = Array("\r\n\0\t :;,=\"HTP/0129azAZ\u{7F}".utf8) + [0x80, 0xFF, 0xC3]

    private func seed(_ random: inout SeededRandom) -> [UInt8] {
        seeds[Int.random(in: 0..<seeds.count, using: &random)]
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        let at = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, at + Int.random(in: 1...16, using: &random))
        let byte = Self.bytes.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<14, using: &random) {
        case 0 where at < bytes.count: bytes[at] = byte
        case 1 where at < bytes.count: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.insert(byte, at: at)
        case 3: bytes.removeSubrange(at..<end)
        case 4: bytes.insert(contentsOf: bytes[at..<end], at: at)
        case 5: bytes.removeSubrange(at...)
        // The beginning of the next reply on the same connection, or bytes that belong to none.
        case 6: bytes += seed(&random)
        case 7: bytes = seed(&random).prefix(Int.random(in: 0...200, using: &random)) + bytes
        case 8: bytes += repeatElement(byte, count: Int.random(in: 1...9000, using: &random))
        case 9: bytes.insert(contentsOf: repeatElement(byte, count: Int.random(in: 1...40, using: &random)), at: at)
        case 10: bytes.insert(0x20, at: Self.lineStart(1, in: bytes))
        default:
            let line = Array(((Self.lines.randomElement(using: &random) ?? "") + "\r\n").utf8)
            bytes.insert(contentsOf: line, at: Self.lineStart(Int.random(in: 1...6, using: &random), in: bytes))
        }
    }

    /// Where a line begins; the end if there are fewer.
    private static func lineStart(_ number: Int, in bytes: [UInt8]) -> Int {
        var left = number
        for (index, byte) in bytes.enumerated() where byte == 0x0A {
            left -= 1
            if left == 0 { return index + 1 }
        }
        return bytes.count
    }

    private static let spoilt: [(word: [UInt8], by: [UInt8])] = [
        ("location", "lxxxxxxx"), ("retry-after", "rxxxxxxxxxx"), ("ratelimit", "rxxxxxxxx"), (" 429", " 428"),
        (" 503", " 502"),
    ].map { (Array($0.utf8), Array($1.utf8)) }

    /// Spoils what names another place or a time to wait.
    private static func harmless(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes.withUnsafeMutableBufferPointer { bytes in
            for start in bytes.indices {
                let first = bytes[start] | 0x20
                guard first == 0x6C || first == 0x72 || first == 0x20 else { continue }
                for (word, replacement) in spoilt where start + word.count <= bytes.count && word[0] == first {
                    guard word.indices.allSatisfy({ bytes[start + $0] | 0x20 == word[$0] }) else { continue }
                    for index in replacement.indices { bytes[start + index] = replacement[index] }
                }
            }
        }
        return bytes
    }
}
