import Testing

@testable import FetchCore

@Suite("SHA-256 is that of FIPS 180-4")
struct SHA256Tests {
    private func hash(_ text: String, by size: Int = .max) -> String {
        var hash = SHA256()
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            hash.update(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return hash.finish().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    @Test(
        "The standard's examples",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func examples(text: String, expected: String) {
        #expect(hash(text) == expected)
        #expect(hash(text, by: 7) == expected)
    }

    @Test("A million letters, whichever way they come", arguments: [64, 1000, .max])
    func long(size: Int) {
        #expect(
            hash(String(repeating: "a", count: 100_000), by: size)
                == "6d1cf22d7cc09b085dfc25ee1a1f3ae0265804c607bc2074ad253bcc82fd81ee")
    }

    @Test("Parts of a digest do not run into one another")
    func parts() {
        #expect(Digest.text(of: ["ab", "c"]) != Digest.text(of: ["a", "bc"]))
        #expect(Digest.text(of: ["ab"]) != Digest.text(of: ["ab", ""]))
    }
}
