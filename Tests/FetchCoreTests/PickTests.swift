import FetchHTTP
import FetchRecords
import FetchSystem
import TestSupport
import Testing

@Suite("Values picked out of answers by jq")
struct PickTests {
    private func outcome(_ body: String, id: String = "1") -> Outcome {
        Outcome(
            input: Samples.input(id: id),
            response: Response(
                status: 200, headers: HeaderFields([("Content-Type", "application/json")]),
                body: .bytes(Array(body.utf8))))
    }

    /// The value that programs take out of a body, or the failure.
    private func pick(_ programs: [String], _ body: String) throws -> String {
        var pick = try Pick(programs)
        try pick.prepare()
        var outcome = outcome(body)
        let counts = pick.apply(to: &outcome)
        #expect(counts)
        if let error = outcome.error { return "\(error)" }
        return outcome.value.map { String(decoding: $0, as: UTF8.self) } ?? "nothing"
    }

    @Test(arguments: [
        ([], "{ \"a\":\n 9007199254740993 }", #"{ "a": 9007199254740993 }"#),
        ([".price"], #"{"price":9.99}"#, "9.99"),
        ([".a[1].b"], #"{"a":[0,{"b":"é\n"}]}"#, #""é\n""#),
        ([".price", ".name"], #"{"price":1,"name":"x"}"#, #"{"price":1,"name":"x"}"#),
        (["cost=.offer.price", ".name"], #"{"offer":{"price":1},"name":"x"}"#, #"{"cost":1,"name":"x"}"#),
        ([".a | length"], #"{"a":[1,2]}"#, "2"),
        // jq 1.6 reads numbers as doubles.
        ([".a"], #"{"a":9007199254740993}"#, "9007199254740992"),
        ([".a"], #"{"a":null}"#, "null"),
        ([".a[0]"], #"{"a":[null]}"#, "null"),
        (["."], "null", "null"),
    ])
    func `a program gives the value, several an object`(programs: [String], body: String, value: String) throws {
        #expect(try pick(programs, body) == value)
    }

    @Test(arguments: [
        ([".price"], #"{"name":"x"}"#, "unparsable: .price is not in the body"),
        ([".a.b"], "{}", "unparsable: .a.b is not in the body"),
        ([".a[3]"], #"{"a":[1]}"#, "unparsable: .a[3] is not in the body"),
        (["empty"], "{}", "unparsable: empty is not in the body"),
        ([".a[]"], #"{"a":[1,2]}"#, "unparsable: .a[] gives 2 values; write [.a[]]"),
        ([".a"], "[1]", "unparsable: .a: Cannot index array with string \"a\""),
        ([".a", ".b"], #"{"a":1}"#, "unparsable: .b is not in the body"),
        ([], "<html>", "unparsable: the body is not valid JSON: at byte 0: expected a value"),
        ([".a"], "", "unparsable: the body is not valid JSON: it is empty"),
    ])
    func `what is not there is a failure with its reason`(programs: [String], body: String, reason: String) throws {
        #expect(try pick(programs, body) == reason)
    }

    @Test func `a program that is none is refused before anything is sent`() throws {
        var pick = try Pick([".a |||"])
        #expect(throws: InputFailure.self) { try pick.prepare() }
        #expect(throws: InputFailure.self) { try Pick([".a.x", ".b.x"]) }
    }

    @Test func `a failure stays what it was`() throws {
        var pick = try Pick([".a"])
        try pick.prepare()
        var outcome = Samples.failed()
        _ = pick.apply(to: &outcome)
        #expect(outcome.error?.kind == .timedOut)
    }

    @Test func `the map has every id once, in input order, null where there is no value`() {
        var good = outcome("1", id: "a\"b")
        good.value = Array("1".utf8)
        #expect(Samples.document(MapFormatter(), [good, outcome("x")]) == "{\n\"a\\\"b\": 1,\n\"1\": null\n}\n")
        #expect(Samples.document(MapFormatter(), []) == "{}\n")
    }

    @Test func `parts are put together; one that must not fail makes the whole null`() throws {
        let template = try URLTemplate("http://a.test/")
        let parts = [
            GatherPart(name: "a", template: template, isOptional: false),
            GatherPart(name: "b", template: template, isOptional: true),
        ]
        var good = Samples.ok()
        good.value = Array("[1]".utf8)
        let bad = Samples.failed()
        let formatter = GatherFormatter(parts: parts, showsTiming: false)
        #expect(
            Samples.document(formatter, [good, good, good, bad, bad, good]) == """
                {"a":[1],"b":[1]}
                {"a":[1],"b":null}
                null

                """)
        #expect(Samples.document(formatter, [good]) == "null\n")
        #expect(
            Samples.document(GatherFormatter(parts: parts, showsTiming: true), [good, bad])
                == #"{"a":[1],"b":null,"timing":{"a":0.1024,"b":null}}"# + "\n")
        var filter = GatherFilter(parts: parts)
        var first = bad
        var second = bad
        second.input.index = 1
        let counts = [filter.apply(to: &first), filter.apply(to: &second)]
        #expect(counts == [true, false])
    }

    @Test func `jq runs on the whole document, or on each line of one`() throws {
        func document(_ program: String, _ inner: some Formatter, isLineWise: Bool) throws -> (String, [String]) {
            var formatter = JQFormatter(program, on: inner, isLineWise: isLineWise)
            try formatter.prepare()
            var out: [UInt8] = []
            formatter.begin(into: &out)
            for index in 0..<2 { formatter.append(Samples.ok("http://a.test/\(index)", index: index), into: &out) }
            formatter.end(into: &out)
            return (String(decoding: out, as: UTF8.self), formatter.takeProblems())
        }
        #expect(try document(".[].url", JSONFormatter(), isLineWise: false).0 == "http://a.test/0\nhttp://a.test/1\n")
        #expect(try document("{index}", JSONLinesFormatter(), isLineWise: true).0 == "{\"index\":0}\n{\"index\":1}\n")
        let failed = try document(
            "if .index == 0 then error(\"no\") else .index end", JSONLinesFormatter(), isLineWise: true)
        #expect(failed.0 == "1\n")
        #expect(failed.1 == ["jq: no"])
    }
}
