import FoundationEssentials
import TestSupport
import Testing

/// One process asks for many broken replies on connections that are kept, with handles that are used again, and for a good
/// one after each: whatever the broken one left behind must not touch it.
@Suite("issue 20.1: mutated replies on reused handles", .timeLimit(.minutes(60)))
struct ReplyFuzzTests {
    typealias Reply = LoopbackServer.Reply

    /// How the command is run.
    struct Way: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let options: [String]
        /// Whether the good answers are reached through a redirect.
        var redirects = false

        static let all = [
            Way(testDescription: "one at a time", options: ["--max", "1"]),
            Way(testDescription: "sixteen at a time", options: ["--max", "16"]),
            Way(
                testDescription: "one at a time with cookies and redirects",
                options: ["--max", "1", "--cookie-jar", "jar"], redirects: true),
            Way(
                testDescription: "sixteen at a time with cookies and redirects",
                options: ["--max", "16", "--cookie-jar", "jar", "--no-compressed"], redirects: true),
        ]
    }

    /// curl's replies where they are there, and the mutator's own.
    private static let mutator = ReplyMutator(seeds: CurlReply.all.compactMap { $0.bytes(0, port: 1) })

    private static func count(_ variable: String) -> Int? {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }
    }

    /// `/f/N` is the broken reply N, sent as a whole or in two parts; `/g/N` says N; `/r/N` leads there.
    private static func server() throws -> LoopbackServer {
        try LoopbackServer(logLimit: 0) { request in
            let parts = request.path.split(separator: "/")
            guard parts.count == 2, let number = Int(parts[1]) else { return .status(404) }
            switch parts[0] {
            case "g": return .ok("good \(number)")
            case "r": return .redirect(to: "/g/\(number)")
            default: break
            }
            let bytes = mutator.reply(number)
            let middle = middle(of: bytes, number)
            var steps: [LoopbackServer.Step] = []
            if middle > 0 { steps = [.send(Array(bytes[..<middle])), .wait(.milliseconds(1))] }
            steps.append(.send(Array(bytes[middle...])))
            switch number % 16 {
            case 7: steps.append(.reset)
            case 5: steps.append(.close)
            default: steps.append(.closeWhenIdle(after: .milliseconds(20)))
            }
            return Reply(steps)
        }
    }

    /// Where a reply is cut into two parts that are sent one after the other; 0 where it is sent as a whole.
    private static func middle(of bytes: [UInt8], _ number: Int) -> Int { number % 3 == 0 ? bytes.count / 2 : 0 }

    /// The second part of a broken reply, if it has a status line: no client can tell it from the response to the request
    /// that was sent on the connection meanwhile.
    private static func lateResponse(_ number: Int) -> String? {
        let bytes = mutator.reply(number)
        let middle = middle(of: bytes, number)
        guard middle > 0 else { return nil }
        let late = String(decoding: bytes[middle...], as: UTF8.self)
        return late.contains("HTTP/1.") ? late : nil
    }

    /// The list: every reply is followed by a good URL. Some are asked for with other methods.
    private static func list(_ numbers: Range<Int>, _ way: Way, _ base: String) -> String {
        numbers.map { number in
            let more = number % 8 == 3 ? #","method":"HEAD""# : number % 8 == 6 ? #","method":"POST","body":"b""# : ""
            return #"{"url":"\#(base)/f/\#(number)"\#(more)}"# + "\n"
                + #"{"url":"\#(base)/\#(way.redirects ? "r" : "g")/\#(number)"}"# + "\n"
        }.joined()
    }

    /// Checks what a run left: a record for each input, and every good answer its own or none.
    private static func check(_ result: ToolResult, _ numbers: Range<Int>) throws {
        try #require(result.exit == 0 || result.exit == 1, "\(numbers): exit \(result.exit): \(result.stderr)")
        let rows = try Row.lines(result).sorted { $0.index < $1.index }
        let late = numbers.compactMap(lateResponse)
        try #require(rows.map(\.index) == Array(0..<2 * numbers.count), "\(numbers)")
        for (offset, number) in numbers.enumerated() {
            let (broken, good) = (rows[2 * offset], rows[2 * offset + 1])
            // Bytes of the broken reply that arrive behind the next request spoil its response; they never become it.
            let isSpoilt = good.kind == "protocol-error" && good.error?.message.contains("HTTP/0.9") == true
            let isOwn = good.ok && good.body == "good \(number)"
            let isLate = late.contains { good.ok ? $0.contains(good.body ?? "\0") : good.kind == "protocol-error" }
            #expect(isOwn || isSpoilt || isLate, "after reply \(number): \(good)")
            #expect(broken.ok == (broken.kind == nil), "reply \(number): \(broken)")
            #expect(!unexpected.contains(broken.kind), "reply \(number): \(broken)")
        }
    }

    /// What no reply may lead to.
    private static let unexpected: Set<String?> = ["io", "cancelled", "timed-out", "host-down", "connection-refused"]

    private static let options = [
        "--jsonl", "--body", "--include-headers", "--retry", "0", "-m", "120s", "--connect-timeout", "60s",
        "--no-adaptive", "--accept", "100..999",
    ]

    private static func run(_ numbers: Range<Int>, _ way: Way) async throws {
        let server = try Self.server()
        defer { server.stop() }
        let scratch = try Scratch()
        let file = try scratch.write("list", list(numbers, way, server.baseURL))
        let result = try await Tool.run(options + way.options + [file], directory: scratch.path)
        try check(result, numbers)
        #expect(server.connectionCount > 0)
    }

    @Test(arguments: Array(Way.all.enumerated()).map { ($0.offset, $0.element) })
    func `leave the next answer alone`(number: Int, way: Way) async throws {
        try await Self.run(number * 125..<(number + 1) * 125, way)
    }

    @Test(.enabled("FETCHALL_FUZZ_REPLIES is not set") { ReplyFuzzTests.count("FETCHALL_FUZZ_REPLIES") != nil })
    func `leave the next answer alone, as many as FETCHALL_FUZZ_REPLIES says`() async throws {
        let count = Self.count("FETCHALL_FUZZ_REPLIES") ?? 0
        let first = Self.count("FETCHALL_FUZZ_FIRST") ?? 1000
        let size = 1000
        for (round, start) in stride(from: first, to: first + count, by: size).enumerated() {
            let end = min(start + size, first + count)
            do { try await Self.run(start..<end, Way.all[round % Way.all.count]) }
            if round % 10 == 9 { print("replies \(first)..<\(end) are done") }
        }
    }

    /// valgrind sees libcurl's own memory too. Debian's valgrind 3.19 cannot read the debug information of the C files.
    @Test(
        .enabled("FETCHALL_FUZZ_VALGRIND is not set, or no valgrind") {
            guard ReplyFuzzTests.count("FETCHALL_FUZZ_VALGRIND") != nil else { return false }
            return try await Tool.shell("command -v valgrind && command -v strip").exit == 0
        }, arguments: Array(Way.all.enumerated()).map { ($0.offset, $0.element) })
    func `make no bad access and no leak under valgrind`(number: Int, way: Way) async throws {
        let count = (Self.count("FETCHALL_FUZZ_VALGRIND") ?? 0) / Way.all.count
        let numbers = number * count..<(number + 1) * count
        let server = try Self.server()
        defer { server.stop() }
        let scratch = try Scratch()
        let file = try scratch.write("list", Self.list(numbers, way, server.baseURL))
        let result = try await Tool.shell(
            """
            strip --strip-debug -o fetchall "$0" || exit 98
            exec valgrind -q --error-exitcode=99 --undef-value-errors=no --fair-sched=yes --leak-check=full \\
            --show-leak-kinds=definite --errors-for-leak-kinds=definite ./fetchall "$@"
            """, Self.options + way.options + [file], directory: scratch.path)
        #expect(result.exit != 99, "\(result.stderr)")
        try Self.check(result, numbers)
    }
}
