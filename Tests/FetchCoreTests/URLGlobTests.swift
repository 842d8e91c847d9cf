import FetchHTTP
import FetchSystem
import TestSupport
import Testing

@testable import FetchRecords

@Suite struct URLGlobTests {
    @Test(
        "Each glob makes the URLs that curl makes",
        arguments: [
            ("http://a/", ["http://a/"]), ("", [""]), ("[1-3]", ["1", "2", "3"]), ("[08-10]", ["08", "09", "10"]),
            ("[001-100:50]", ["001", "051"]), ("[1-10:4]", ["1", "5", "9"]), ("[5-5]", ["5"]),
            ("[0-2]", ["0", "1", "2"]),
            ("[9-11]", ["9", "10", "11"]), ("[a-c]", ["a", "b", "c"]), ("[a-z:12]", ["a", "m", "y"]),
            ("[X-Z]", ["X", "Y", "Z"]),
            ("{a,b,c}", ["a", "b", "c"]), ("{one}", ["one"]), ("x{,.bak}", ["x", "x.bak"]), ("{你,好}", ["你", "好"]),
            ("{a,b}[1-2]", ["a1", "a2", "b1", "b2"]),
            (
                "[1-2]-{a,b}-[x-y]",
                [
                    "1-a-x", "1-a-y", "1-b-x", "1-b-y", "2-a-x", "2-a-y", "2-b-x", "2-b-y",
                ]
            ),
            ("\\[1-2\\]\\{a\\}", ["[1-2]{a}"]), ("{\\{,\\},a\\,b}", ["{", "}", "a,b"]), ("a\\b", ["a\\b"]),
            ("http://a/?b[]=[1-2]", ["http://a/?b[]=1", "http://a/?b[]=2"]), ("[]", ["[]"]), ("[1- 2]", ["1", "2"]),
            ("http://[::1]:80/[1-2]", ["http://[::1]:80/1", "http://[::1]:80/2"]),
            ("http://u@[fe80::1%25eth0]/{a,b}", ["http://u@[fe80::1%25eth0]/a", "http://u@[fe80::1%25eth0]/b"]),
        ])
    func expansion(_ pattern: String, _ expected: [String]) throws {
        let glob = try URLGlob(pattern)
        #expect(Array(glob) == expected)
        #expect(glob.count == expected.count)
    }

    @Test(
        "A mistake is named with its column",
        arguments: [
            ("http://example.org/x[9-1]", "bad range in column 21"), ("[1-", "bad range in column 1"),
            ("[1]", "bad range"),
            ("[a-Z]", "bad range"), ("[z-a]", "bad range"), ("[1-5:0]", "bad range"), ("[1-5:9]", "bad range"),
            ("[a-z1-5]", "bad range"), ("[-1-5]", "bad range"), ("[ 1-2]", "bad range"), ("[1 -2]", "bad range"),
            ("[1-99999999999999999999]", "bad range"),
            ("[1-2:99999999999999999999]", "bad range"), ("[a-", "bad range"), ("[1-2", "bad range"),
            ("[1--2]", "bad range"),
            ("a]", "unmatched ']' in column 2"), ("a}", "unmatched '}' in column 2"),
            ("x{a,b", "unmatched '{' in column 2"),
            ("{}", "empty '{}' in column 1"), ("{a,{b}}", "in column 4"), ("{a,[1-2]}", "in column 4"),
            ("[::1", "bad range"),
        ])
    func mistakes(_ pattern: String, _ message: String) {
        let failure = #expect(throws: ParseFailure.self) { try URLGlob(pattern) }
        #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
    }

    @Test("A pattern for more URLs than there are numbers costs nothing until they are asked for")
    func lazy() throws {
        let pattern = "http://a/" + String(repeating: "[000000000000000001-999999999999999999]", count: 100)
        let glob = try URLGlob(pattern)
        #expect(glob.count == Int.max)
        #expect(glob.prefix(3).map { $0.suffix(2) } == ["01", "02", "03"])
        #expect(try URLGlob("[1-1000000000]").count == 1_000_000_000)
        #expect(throws: ParseFailure.self) { try URLGlob(pattern + "{a,b}") }
    }

    @Test("The last URL of a long range is the last number, and two iterators do not disturb each other")
    func iterators() throws {
        let glob = try URLGlob("[00001-20000]")
        var slow = glob.makeIterator()
        #expect(slow.next() == "00001")
        var last: String?
        var made = 0
        for url in glob {
            last = url
            made += 1
        }
        #expect(last == "20000" && made == 20_000)
        #expect(slow.next() == "00002")
    }

    @Test("Random patterns never crash, and make as many different URLs as they say")
    func fuzz() {
        var random = SeededRandom(seed: 7)
        var globs = 0
        let pieces = "[1-3] [a-e:2] [007-9] {a,b} {,x} [::1] \\[ \\ , } ] [ x".split(separator: " ")
        for round in 0..<20_000 {
            let noise = random.text(alphabet: "[[]]{}1-39a-c:,\\[1-3]{a,b}", upTo: round % 2 == 0 ? 14 : 1)
            let text = (0..<round % 2 * 4).compactMap { _ in pieces.randomElement(using: &random) }.joined() + noise
            guard let glob = try? URLGlob(text) else { continue }
            if glob.count > 1 { globs += 1 }
            var made = 0
            for url in glob.prefix(200) {
                made += 1
                #expect(url.utf8.count <= text.utf8.count * 2 + 20)
            }
            #expect(made == min(glob.count, 200), "\(text)")
        }
        #expect(globs > 500)
    }

    @Test("issue 22.3: the values of the globs of each URL, as curl numbers them")
    func parts() async throws {
        let source = try SourceReader(
            ["http://a/{x,y}/f[08-10].{bin}", "http://a/plain", "http://a/[::1]/[a-b]"], defaults: RequestDefaults(),
            keepsGlobParts: true)
        #expect(source.hasGlobs && source.knownCount == 9)
        let inputs = await drain(source)
        #expect(
            inputs.map(\.globParts) == [
                ["x", "08", "bin"], ["x", "09", "bin"], ["x", "10", "bin"],
                ["y", "08", "bin"], ["y", "09", "bin"], ["y", "10", "bin"], [], ["a"], ["b"],
            ])
        #expect(inputs.map(\.index) == Array(0..<9))
        let without = try SourceReader(["http://a/{x,y}"], defaults: RequestDefaults())
        #expect(await drain(without).map(\.globParts) == [[], []])
        let literal = try SourceReader(
            ["http://a/{x,y}", "http://a/%5B1"], defaults: RequestDefaults(), expandsGlobs: false, keepsGlobParts: true)
        #expect(!literal.hasGlobs && literal.knownCount == 2)
        literal.close()
        let many = try SourceReader(
            Array(repeating: "http://a/[0-999999999999999999]", count: 20), defaults: RequestDefaults())
        #expect(many.knownCount == .max)
        many.close()
    }
}
