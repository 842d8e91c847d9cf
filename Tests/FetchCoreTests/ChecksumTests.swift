import FetchSystem
import TestSupport
import Testing

@Suite("Digests of bodies, and checksums as users write them")
struct ChecksumTests {
    private static let abc: [(DigestAlgorithm, String)] = [
        (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            .sha512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"), (.md5, "900150983cd24fb0d6963f7d28e17f72"),
    ]

    @Test("issue 22.4: the standards' examples: abc, and no bytes at all")
    func examples() throws {
        for (algorithm, expected) in Self.abc {
            let digest = try #require(StreamDigest.of(Array("abc".utf8), algorithm))
            #expect(Checksum.hexadecimal(digest) == expected)
            #expect(digest.count == algorithm.byteCount)
        }
        let empty: [(DigestAlgorithm, String)] = [
            (.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (
                .sha512,
                "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                    + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
            ),
            (.sha1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"), (.md5, "d41d8cd98f00b204e9800998ecf8427e"),
        ]
        for (algorithm, expected) in empty {
            #expect(StreamDigest.of([], algorithm).map(Checksum.hexadecimal) == expected)
            let digest = try #require(StreamDigest(algorithm))
            digest.update(UnsafeRawBufferPointer(start: nil, count: 0))
            #expect(Checksum.hexadecimal(digest.finalize()) == expected)
        }
    }

    @Test("issue 22.4: pieces of any size give the digest of the whole", arguments: DigestAlgorithm.allCases)
    func pieces(algorithm: DigestAlgorithm) throws {
        var random = SeededRandom(seed: 22)
        let bytes = (0..<100_003).map { _ in UInt8.random(in: 0...255, using: &random) }
        let whole = try #require(StreamDigest.of(bytes, algorithm))
        let digest = try #require(StreamDigest(algorithm))
        for size in [1, 63, 64, 65, 127, 8191, 65_536] {
            // What came before is dropped, whether the message was ended or not.
            digest.reset()
            var rest = bytes[...]
            while !rest.isEmpty {
                rest.prefix(size).withUnsafeBytes { digest.update($0) }
                rest = rest.dropFirst(size)
            }
            if size != 64 { #expect(digest.finalize() == whole, "\(size)") }
        }
    }

    @Test("issue 22.4: a checksum has a name and digits in any case, after = or :")
    func parsing() throws {
        for (algorithm, digits) in Self.abc {
            let expected = StreamDigest.of(Array("abc".utf8), algorithm)
            for text in [
                "\(algorithm.rawValue)=\(digits)", "\(algorithm.rawValue.uppercased()):\(digits.uppercased())",
            ] {
                let checksum = try Checksum(text)
                #expect(checksum.algorithm == algorithm)
                #expect(checksum.bytes == expected)
                #expect(checksum.description == "\(algorithm.rawValue)=\(digits)")
            }
            #expect(DigestAlgorithm(hexLength: digits.utf8.count) == algorithm)
        }
        #expect(DigestAlgorithm(name: "SHA-256") == .sha256)
        #expect(DigestAlgorithm(name: "SHA2-512") == .sha512)
        #expect(DigestAlgorithm(hexLength: 0) == nil)
    }

    @Test(
        "issue 22.4: what is not a checksum is refused in one sentence that says what would be one",
        arguments: [
            ("", "sha256=HEX"), ("ba78", "sha256=HEX"), ("=", "''"), ("sha3=00", "sha256, sha512, sha1 or md5"),
            ("crc32:00000000", "'crc32'"), ("sha256=", "64 hexadecimal digits"), ("md5=900150983cd24fb0", "has 16"),
            ("md5=g00150983cd24fb0d6963f7d28e17f72", "32 hexadecimal digits"),
            ("md5= 00150983cd24fb0d6963f7d28e17f72", "32 hexadecimal digits"),
            ("md5=900150983cd24fb0d6963f7d28e17f7", "has 31"), ("sha1=900150983cd24fb0d6963f7d28e17f72", "40"),
            ("md5=９00150983cd24fb0d6963f7d28e17f72", "32 hexadecimal digits"), ("md5=\u{1B}[2J", "32"),
        ])
    func refused(text: String, part: String) {
        let failure = #expect(throws: ParseFailure.self) { try Checksum(text) }
        let message = failure?.message ?? ""
        #expect(message.contains(part), "\(message)")
        #expect(!message.contains("\u{1B}") && !message.contains("\n"))
    }
}
