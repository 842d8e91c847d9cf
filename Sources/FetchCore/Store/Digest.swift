/// The first 128 bits of a SHA-256: names what must not be written down itself, such as a request with its password.
public struct Digest: Sendable, Hashable {
    /// The first 64 bits.
    let high: UInt64
    /// The next 64 bits.
    let low: UInt64

    /// The 16 bytes, the first one first.
    var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
    }

    /// A digest of texts, in hexadecimal.
    public static func text(of parts: [String]) -> String {
        var builder = Builder()
        for part in parts { builder.add(part) }
        let digest = builder.finish()
        return String(digest.high, radix: 16) + String(digest.low, radix: 16)
    }

    /// Collects the parts of something that gets a digest. Each part goes in with its length, so that no two lists of
    /// parts look alike.
    struct Builder {
        private var hash = SHA256()

        /// Starts with a key, without which nobody can try out guesses.
        init(key: [UInt8] = []) { hash.update(key) }

        mutating func add(_ text: String) {
            var text = text
            text.withUTF8 { add($0) }
        }

        mutating func add(_ bytes: some Collection<UInt8>) {
            let count = UInt32(truncatingIfNeeded: bytes.count)
            hash.update((0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * UInt32($0))) })
            hash.update(bytes)
        }

        /// The digest of all that was added.
        consuming func finish() -> Digest {
            let bytes = hash.finish()
            func word(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
            return Digest(high: word(0), low: word(8))
        }
    }
}
