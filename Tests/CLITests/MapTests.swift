import FetchSystem
import Subprocess
import TestSupport
import Testing

@Suite("fetchall map: a value for each id", .timeLimit(.minutes(20)))
struct MapTests {
    @Test func `fifty products five at once, in input order`() async throws {
        let demo = DemoRoutes()
        let server = try LoopbackServer { request in
            var reply = demo.reply(request)
            reply.steps.insert(.wait(.milliseconds(20)), at: 0)
            return reply
        }
        defer { server.stop() }
        let result = try await Tool.run(
            ["map", "--url-template", "\(server.baseURL)/products/{id}", "--pick", ".price", "--max", "5", "1..50"])
        #expect(result.exit == 0)
        #expect(result.stderr == "")
        let members = try JSONValue.members(of: result.bytes[...])
        #expect(members.map(\.key) == (1...50).map { "\($0)" })
        #expect(members.first?.value == .number("9.99"))
        #expect(server.requestCount == 50)
        #expect(server.peakInFlight == 5)
    }

    @Test func `an id that fails is null, is named on stderr and in the records, and sets the exit code`() async throws
    {
        let server = try LoopbackServer { request in
            switch request.path {
            case "/1": .json(#"{"price":1}"#)
            case "/2": .json(#"{"name":"no price"}"#)
            case "/3": .html("<p>no JSON")
            default: .status(404)
            }
        }
        defer { server.stop() }
        let arguments = ["map", "--url-template", "\(server.baseURL)/{id}", "--pick", ".price", "--retry", "0"]
        let result = try await Tool.run(arguments + ["1", "2", "3", "4", "../x"])
        #expect(result.exit == 1)
        #expect(result.stdout == "{\n\"1\": 1,\n\"2\": null,\n\"3\": null,\n\"4\": null,\n\"../x\": null\n}\n")
        #expect(result.complaints.map { $0.split(separator: ":")[1] } == [" 2", " 3", " 4", " ../x"])
        #expect(server.log.map(\.path).contains("/..%2Fx"))
        let rows = try Row.lines(try await Tool.run(arguments + ["--jsonl", "--keep-order", "1", "2", "3", "4"]))
        #expect(rows.map(\.id) == ["1", "2", "3", "4"])
        #expect(rows.map(\.kind) == [nil, "unparsable", "unparsable", "http-status"])
    }

    @Test func `ids come from arguments, ranges, files, standard input and columns`() async throws {
        let scratch = try Scratch()
        let list = try scratch.write("ids.txt", "# ids\n7\n\n 8 \n")
        let table = try scratch.write("ids.csv", "\u{FEFF}name,the id\r\n\"a, b\",9\r\n\"c\nd\",\"10\"\r\n")
        let server = try LoopbackServer { request in .json("\"\(request.path)\"") }
        defer { server.stop() }
        let arguments = ["map", "--url-template", "\(server.baseURL)/{id}"]
        let result = try await Tool.run(
            arguments + ["1", "03..05", "-", "--each", list, "--csv", table, "--column", "the id", "1"], stdin: "6\n1\n"
        )
        #expect(result.exit == 0, "\(result.stderr)")
        let keys = try JSONValue.members(of: result.bytes[...]).map(\.key)
        #expect(keys == ["1", "03", "04", "05", "6", "7", "8", "9", "10"])
        #expect(server.requestCount == 9)
        let wrong = try await Tool.run(arguments + ["--csv", table, "--column", "nope"])
        #expect(wrong.exit == 2)
        #expect(wrong.stderr.contains("has no column 'nope'; it has name, the id"))
    }

    @Test(arguments: [
        ["map", "1"], ["map", "--url-template", "http://127.0.0.1:1/{id}"],
        ["map", "--url-template", "http://{id}/", "1"],
        ["map", "--url-template", "http://127.0.0.1:1/", "1"],
        ["map", "--url-template", "http://127.0.0.1:1/{id}", "--pick", ".a |||", "1"],
        ["map", "--url-template", "http://127.0.0.1:1/{id}", "--csv", "x.csv"],
        ["map", "--url-template", "http://127.0.0.1:1/{id}", "--column", "x", "1"],
        ["map", "--url-template", "http://127.0.0.1:1/{id}", "--output-dir", "x", "1"],
        ["map", "--url-template", "http://127.0.0.1:1/{id}", "9..1"],
    ])
    func `a wrong command line is one line on stderr, and nothing is sent`(arguments: [String]) async throws {
        let result = try await Tool.run(arguments)
        #expect(result.exit == 2)
        #expect(result.stdout == "")
        #expect(result.complaints.count == 1)
    }

    @Test func `interrupted, it is still one object with every id`() async throws {
        let server = try LoopbackServer { request in
            request.path == "/1" ? .json("1") : LoopbackServer.Reply([.silence])
        }
        defer { server.stop() }
        let result = try await Tool.start(["map", "--url-template", "\(server.baseURL)/{id}", "--max", "3", "1..9"]) {
            #expect(await server.waitUntil { $0.requestCount == 4 })
            try $0.send(.interrupt)
        }
        #expect(result.exit == 130)
        let members = try JSONValue.members(of: result.bytes[...])
        #expect(members.map(\.key) == (1...9).map { "\($0)" })
        #expect(members.map(\.value) == [.number("1")] + Array(repeating: .null, count: 8))
    }
}
