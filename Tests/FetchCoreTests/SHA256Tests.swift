import Testing

@testable import FetchSystem

@Suite("SHA-256 is that of FIPS 180-4")
struct SHA256Tests {
    private func hash(_ text: String, by size: Int = .max) -> String {
        var hash = SHA256()
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            hash.update(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return hash.finish().hexadecimal
    }

    @Test(
        "The standard's examples, in one part and in several",
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

    @Test("A million times the letter a, in parts of several sizes", arguments: [63, 64, 1000, .max])
    func long(size: Int) {
        #expect(
            hash(String(repeating: "a", count: 1_000_000), by: size)
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("A collection without contiguous storage has the hash of an array with the same bytes")
    func scattered() {
        var hash = SHA256()
        hash.update("abc".utf8.lazy.map { $0 })
        hash.update(EmptyCollection())
        #expect(hash.finish().hexadecimal == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("Parts of a digest do not run into one another")
    func parts() {
        #expect(Digest.text(of: ["ab", "c"]) != Digest.text(of: ["a", "bc"]))
        #expect(Digest.text(of: ["ab"]) != Digest.text(of: ["ab", ""]))
    }

    @Test("The digests of journals and crawl states stay what they were")
    func stored() {
        #expect(Digest.text(of: []) == "e3b0c44298fc1c149afbf4c8996fb924")
        #expect(Digest.text(of: ["--jq", ".a"]) == "b12ce8d33ba157df2b83a07b55f6c854")
    }
}

extension [UInt8] {
    /// Two digits for each byte.
    var hexadecimal: String {
        map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
