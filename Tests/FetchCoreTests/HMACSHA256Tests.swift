import Testing

@testable import FetchSystem

@Suite("HMAC-SHA-256 is that of RFC 2104")
struct HMACSHA256Tests {
    private struct Vector: Sendable {
        let key: [UInt8]
        let message: [UInt8]
        let code: String
    }

    /// RFC 4231 §4.2 to §4.8; the code of the fifth is cut to 128 bits there.
    private static let cases = [
        Vector(
            key: [UInt8](repeating: 0x0B, count: 20), message: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Vector(
            key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Vector(
            key: [UInt8](repeating: 0xAA, count: 20), message: [UInt8](repeating: 0xDD, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Vector(
            key: [UInt8](1...25), message: [UInt8](repeating: 0xCD, count: 50),
            code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        Vector(
            key: [UInt8](repeating: 0x0C, count: 20), message: Array("Test With Truncation".utf8),
            code: "a3b6167473100ee06e0c796c2955552b"),
        Vector(
            key: [UInt8](repeating: 0xAA, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Vector(
            key: [UInt8](repeating: 0xAA, count: 131),
            message: Array(
                "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."
                    .utf8),
            code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    @Test("The test cases of RFC 4231", arguments: cases.indices)
    func rfc4231(index: Int) {
        let vector = Self.cases[index]
        let hmac = HMACSHA256(key: vector.key)
        #expect(hmac.code(of: vector.message).hexadecimal.hasPrefix(vector.code))
        // The second message with a key is not affected by the first.
        #expect(hmac.code(of: vector.message).hexadecimal.hasPrefix(vector.code))
    }

    @Test("An empty key and an empty message have a code")
    func empty() {
        let code = HMACSHA256(key: []).code(of: [])
        #expect(code.hexadecimal == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test("A new store's digests are HMACs, and those of a secret of 32 bytes are made as they were")
    func derivations() {
        let message = Digest.header(3) + Array("abc".utf8)
        let secret = [UInt8](0..<64)
        #expect(KeyedDigester(secret: secret).digest(["abc"]) == Digest(HMACSHA256(key: secret).code(of: message)))
        #expect(
            KeyedDigester(secret: Array(secret[..<32])).digest(["abc", ""]).bytes.hexadecimal
                == "9084f64cb402bc9c3f4a9415da0cbd74")
    }
}
