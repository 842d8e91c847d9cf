import FetchSystem
import Testing

@testable import FetchHTTP

@Suite("URLs: Punycode and byte sets")
struct FetchURLPunycodeTests {
    /// RFC 3492 §7.1, without the mixed-case annotation.
    @Test(
        "The samples of RFC 3492 are encoded as they say",
        arguments: [
            ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"),
            ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            ("pročprostěnemluvíčesky", "proprostnemluvesky-uyb24dma41a"),
            ("למההםפשוטלאמדבריםעברית", "4dbcagdahymbxekheh6e0a7fei0b"),
            ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
            ("tạisaohọkhôngthểchỉnóitiếngviệt", "tisaohkhngthchnitingvit-kjcr8268qyxafd2f1b9g"),
            ("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b"),
            ("-> $1.00 <-", "-> $1.00 <--"),
        ])
    func samples(_ text: String, _ code: String) {
        #expect(String(decoding: Punycode.encode(Array(text.unicodeScalars)), as: UTF8.self) == code)
    }

    @Test("The percent-encode sets hold what WHATWG URL §1.3 lists")
    func percentEncodeSets() {
        let sets: [(ByteSet, String)] = [
            (.c0Control, ""), (.fragment, " \"<>`"), (.specialQuery, " \"#<>'"), (.path, " \"#<>?^`{}"),
            (.userinfo, " \"#<>?^`{}/:;=@[\\]^|"),
        ]
        for (set, listed) in sets {
            for byte in UInt8.min...UInt8.max {
                let expected = byte < 0x20 || byte > 0x7E || listed.utf8.contains(byte)
                #expect(set.contains(byte) == expected, "\(byte) in the set of \(listed)")
            }
        }
        #expect(!ByteSet.segmentEnd.contains(0xFF))
    }
}
