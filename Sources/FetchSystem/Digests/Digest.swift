/// The first 128 bits of a SHA-256, which identify a value that must not be stored itself, such as a request with its
/// password.
package struct Digest: Sendable, Hashable {
    /// The first 64 bits.
    package let high: UInt64
    /// The next 64 bits.
    let low: UInt64

    /// Takes the first 16 bytes of a hash or an authentication code.
    init(_ hash: [UInt8]) {
        func word(_ start: Int) -> UInt64 { hash[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        high = word(0)
        low = word(8)
    }

    /// The 16 bytes, the first one first.
    package var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
    }

    /// A digest of texts, in hexadecimal.
    package static func text(of parts: [String]) -> String {
        var builder = Builder()
        for part in parts { builder.add(part) }
        let digest = builder.finish()
        return String(digest.high, radix: 16) + String(digest.low, radix: 16)
    }

    /// The prefix of a part in a digest's message: its length, so that no two lists of parts make the same message.
    static func header(_ count: Int) -> [UInt8] {
        let count = UInt32(truncatingIfNeeded: count)
        return (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * UInt32($0))) }
    }

    /// Hashes the parts of a value as they are added.
    package struct Builder: ~Copyable {
        private var hash = SHA256()

        /// Nothing yet.
        package init() {}

        package mutating func add(_ text: String) {
            var text = text
            text.withUTF8 { add($0) }
        }

        package mutating func add(_ bytes: some Collection<UInt8>) {
            hash.update(Digest.header(bytes.count))
            hash.update(bytes)
        }

        /// The digest of all added parts.
        package consuming func finish() -> Digest { Digest(hash.finish()) }
    }
}
