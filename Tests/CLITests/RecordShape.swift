import FoundationEssentials
import TestSupport
import Testing

/// What the contract says of a record's text: which fields, in which order, of which kind.
enum RecordShape {
    static let fields = [
        "id", "index", "url", "url_effective", "method", "ok", "response_code", "http_version", "content_type",
        "error", "size_download", "num_redirects", "num_retries", "num_connects", "remote_ip", "remote_port",
        "started_at", "time_wait", "time_namelookup", "time_connect", "time_appconnect", "time_starttransfer",
        "time_total", "retry_after", "cache", "filename_effective",
    ]
    private static let strings: Set = [
        "id", "url", "url_effective", "method", "http_version", "content_type", "remote_ip", "started_at", "cache",
        "filename_effective",
    ]
    private static let neverNull: Set = ["index", "url", "ok", "num_redirects", "num_retries", "time_wait"]

    /// Checks the text of one record: an object on a line of its own.
    static func check(_ line: Substring, at location: SourceLocation = #_sourceLocation) {
        let members = Self.members(of: line)
        let names = members.map(\.name)
        #expect(Array(names.prefix(fields.count)) == fields, sourceLocation: location)
        let more: Set = ["headers", "json", "body", "body_base64"]
        #expect(Set(names.dropFirst(fields.count)).isSubset(of: more), sourceLocation: location)
        for (name, first) in members where fields.contains(name) {
            if first == "n" {
                #expect(!neverNull.contains(name), "\(name) is null", sourceLocation: location)
            } else if strings.contains(name) {
                #expect(first == "\"", "\(name) is no string", sourceLocation: location)
            } else if name == "ok" {
                #expect(first == "t" || first == "f", sourceLocation: location)
            } else if name == "error" {
                #expect(first == "{", sourceLocation: location)
            } else {
                #expect(first.isNumber, "\(name) is no number", sourceLocation: location)
            }
        }
    }

    /// The names of an object's members in their order, with the first character of each value.
    private static func members(of text: Substring) -> [(name: String, first: Character)] {
        var members: [(name: String, first: Character)] = []
        var depth = 0
        var name = ""
        var text = text
        var expectsValue = false
        while let character = text.popFirst() {
            if expectsValue, depth == 1 {
                members.append((name, character))
                expectsValue = false
            }
            switch character {
            case "{", "[": depth += 1
            case "}", "]": depth -= 1
            case "\"":
                let string = takeString(&text)
                if depth == 1, text.first == ":" {
                    name = string
                    text.removeFirst()
                    expectsValue = true
                }
            default: break
            }
        }
        return members
    }

    /// Takes the rest of a string and its closing quote.
    private static func takeString(_ text: inout Substring) -> String {
        var string = ""
        while let character = text.popFirst(), character != "\"" {
            string.append(character)
            if character == "\\", let escaped = text.popFirst() { string.append(escaped) }
        }
        return string
    }
}

/// The schemas of records, in the hands of an independent judge: Python's jsonschema.
enum Schema {
    private static func path(_ name: String) -> String {
        URL(filePath: #filePath).appending(path: "../../../docs/\(name)").standardizedFileURL.path()
    }

    private static let script = """
        import json, sys, jsonschema
        validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
        for document in open(sys.argv[2]):
            for error in validator.iter_errors(json.loads(document)):
                print(list(error.absolute_path), error.message[:500])
        """

    /// Whether the judge is there.
    static func isJudgeThere() async throws -> Bool {
        try await Tool.shell("python3 -c 'import jsonschema'", environment: outside).exit == 0
    }

    /// What is wrong with the documents, each of them a line; empty when nothing is.
    static func violations(of documents: [String], by schema: String = "record.schema.json") async throws -> String {
        let scratch = try Scratch()
        let file = try scratch.write("documents", documents.joined(separator: "\n") + "\n")
        let judge = try scratch.write("judge.py", script)
        let verdict = try await Tool.shell(
            "exec python3 \"$1\" \"$2\" \"$3\"", [judge, path(schema), file], environment: outside)
        return verdict.exit == 0 ? verdict.stdout : "the judge failed: \(verdict.stderr)"
    }

    /// Python lives where the user has it, not in the sealed environment.
    private static var outside: [String: String] {
        ProcessInfo.processInfo.environment.filter { ["PATH", "HOME"].contains($0.key) }
    }
}
