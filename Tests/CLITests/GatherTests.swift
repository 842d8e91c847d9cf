import FetchHTTP
import FetchSystem
import TestSupport
import Testing

@Suite("fetchall gather: several answers in one object", .timeLimit(.minutes(20)))
struct GatherTests {
    private func parts(_ server: LoopbackServer) -> [String] {
        ["profile", "orders", "notifications"].map { "\($0)=\(server.baseURL)/\($0)/{id}" }
    }

    @Test func `all parts are asked for at once and come in the order of the arguments`() async throws {
        let gate = Gate()
        let demo = DemoRoutes(latency: .zero)
        let server = try LoopbackServer { request in
            LoopbackServer.Reply([.hold(gate)] + demo.reply(request).steps)
        }
        defer { server.stop() }
        let result = try await Tool.start(["gather"] + parts(server) + ["--var", "id=42", "--timing"]) { _ in
            #expect(await server.waitUntil { $0.inFlight == 3 })
            gate.open()
        }
        #expect(result.exit == 0)
        let members = try JSONValue.members(of: result.bytes[...])
        #expect(members.map(\.key) == ["profile", "orders", "notifications", "timing"])
        #expect(members[1].value["orders"]?[0]?.integer == 420)
        #expect(members[3].value["profile"]?.double != nil)
    }

    @Test func `several ids give an object on each line, all under one bound`() async throws {
        let demo = DemoRoutes(latency: .milliseconds(2))
        let server = try LoopbackServer(handler: demo.reply)
        defer { server.stop() }
        let scratch = try Scratch()
        let more = try scratch.write("ids", "60\n61\n")
        let table = try scratch.write("ids.csv", "name,key\na,62\n")
        let result = try await Tool.run(
            ["gather"] + parts(server) + [
                "--var", "id=1..50", "--each", more, "--csv", table, "--column", "key", "--max", "4",
            ])
        #expect(result.exit == 0)
        let ids = try result.lines.map { try JSONValue.parse(Array($0.utf8)[...])["orders"]?["id"]?.integer }
        #expect(ids == Array(1...50) + [60, 61, 62])
        #expect(server.requestCount == 159)
        #expect(server.peakInFlight == 4)
    }

    @Test func `an optional part may fail; any other takes the whole with it`() async throws {
        let server = try LoopbackServer { request in
            switch request.path {
            case "/json": .json("{\"a\": 1}")
            case "/text": .ok("hello\n")
            case "/lie": .json("{")
            default: .status(500)
            }
        }
        defer { server.stop() }
        let url = server.baseURL
        let base = ["gather", "--retry", "0", "a=\(url)/json", "b=\(url)/text", "c=\(url)/broken"]
        let partial = try await Tool.run(base + ["--optional", "c"])
        #expect(partial.exit == 0)
        #expect(partial.stdout == #"{"a":{"a": 1},"b":"hello\n","c":null}"# + "\n")
        #expect(partial.complaints == ["fetchall: c: \(url)/broken: http-status: 500 Internal Server Error"])
        let whole = try await Tool.run(base)
        #expect(whole.exit == 1)
        #expect(whole.stdout == "null\n")
        let lie = try await Tool.run(["gather", "a=\(url)/lie"])
        #expect(lie.exit == 1)
        #expect(lie.stderr.contains("unparsable: the body is not valid JSON"))
    }

    @Test(arguments: [
        ["gather"], ["gather", "http://127.0.0.1:1/"], ["gather", "a=http://127.0.0.1:1/{id}"],
        ["gather", "a=http://127.0.0.1:1/", "--optional", "b"],
        ["gather", "a=http://127.0.0.1:1/", "a=http://127.0.0.1:1/"],
        ["gather", "timing=http://127.0.0.1:1/", "--timing"], ["gather", "a=http://127.0.0.1:1/", "--var", "id=1..3"],
        ["gather", "a=http://127.0.0.1:1/{x}", "--var", "x=1", "--var", "x=2"],
        ["gather", "a=http://{id}/", "--var", "id=1"],
    ])
    func `a wrong command line is one line on stderr, and nothing is sent`(arguments: [String]) async throws {
        let result = try await Tool.run(arguments)
        #expect(result.exit == 2)
        #expect(result.stdout == "")
        #expect(result.complaints.count == 1)
    }

    @Test func `jq works on every command that prints JSON`() async throws {
        let server = try LoopbackServer(handler: DemoRoutes().reply)
        defer { server.stop() }
        let url = "\(server.baseURL)/products/[1-2]"
        let array = try await Tool.run(["--body", "--jq", ".[].json.name", url])
        #expect(array.stdout == "Red Teapot\nRed Lantern\n")
        let lines = try await Tool.run(["--jsonl", "--keep-order", "--jq", "{index}", url])
        #expect(lines.stdout == "{\"index\":0}\n{\"index\":1}\n")
        let map = try await Tool.run(
            ["map", "--url-template", "\(server.baseURL)/products/{id}", "--pick", ".price", "--jq", "add", "1..2"])
        #expect(map.stdout == "24.98\n")
        let failing = try await Tool.run(["--jq", ".[].url | error", url])
        #expect(failing.exit == 1)
        #expect(failing.stderr.contains("fetchall: jq: http://"))
        let before = server.requestCount
        let wrong = try await Tool.run(["--jq", ".[", url])
        #expect(wrong.exit == 2)
        #expect(try await Tool.run(["--format", "csv", "--jq", ".", url]).exit == 2)
        #expect(server.requestCount == before)
    }
}
