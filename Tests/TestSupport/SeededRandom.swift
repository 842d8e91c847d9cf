/// SplitMix64: random numbers that are the same in every run, for fuzz tests that can be repeated.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts a sequence.
    package init(seed: UInt64) { state = seed }

    /// The next number.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// Text of at most `length` bytes: seven of eight bytes from the alphabet, the others anything at all.
    package mutating func text(alphabet: String, upTo length: Int) -> String {
        let letters = Array(alphabet.utf8)
        let bytes = (0..<Int.random(in: 0...length, using: &self)).map { _ -> UInt8 in
            guard next() % 8 != 0, let letter = letters.randomElement(using: &self) else { return UInt8(next() % 256) }
            return letter
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
