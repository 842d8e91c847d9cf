import Testing

@testable import FetchRecords

@Suite("issue 20.17: the members of a record that a jq program names")
struct JQMembersTests {
    @Test(arguments: [
        ".json", ".[].json", ".[] | .json", ".[].json.price", "map(.json)", ".[0].json[2]", ".\"json\"", ".[].\"json\"",
        ".[\"json\"]", ".[][\"json\"]", "{json}", "{url, json}", "{ json , url}", ".[] as $r | $r.json", "first.json",
        ".json?", "[.[].json]", "select(.json != null)", "\"text\", .json", ".url # not this\n| .json", "$x[\"json\"]",
    ])
    func `named`(program: String) { #expect(JQMembers.names("json", in: program)) }

    @Test(arguments: [
        "", ".", ".url", "{json: .url}", "\"json\"", "[\"json\", .url]", ".headers.json", ".jsonl", ".xjson", "tojson",
        ".url == \"json\"", ".[] | .url # .json", "\"a \\\" .json\"", "{\"json\": 1}", ".json2", "@json",
        "\"unfinished .json",
        ". as $json | 1", "json", "{json: 1, url: 2}", "\"", "\\", "#",
    ])
    func `not named`(program: String) { #expect(!JQMembers.names("json", in: program)) }

    @Test func `other members`() {
        #expect(JQMembers.names("body_base64", in: ".[].body_base64"))
        #expect(!JQMembers.names("body", in: ".[].body_base64"))
        #expect(JQMembers.names("headers", in: ".headers[\"etag\"]"))
    }
}
