import FoundationEssentials
import TestSupport
import Testing

/// Saved files whose own format is sent as their Content-Encoding.
@Suite("A packed file stays packed", .timeLimit(.minutes(20)))
struct PackedFileTests {
    typealias Reply = LoopbackServer.Reply

    private static let content = Array(String(repeating: "one line of a file\n", count: 2_000).utf8)
    private static let packed = LoopbackServer.gzip(content)

    private static func reply(_ type: String, _ body: [UInt8] = packed, coding: String = "gzip") -> Reply {
        .response(headers: [("Content-Type", type), ("Content-Encoding", coding)], body: body)
    }

    private static func bytes(_ scratch: Scratch, _ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: scratch(name))))
    }

    @Test(arguments: [
        ("/pkg.tar.gz", "application/x-gzip", "gzip"), ("/pkg.tgz", "application/x-tar", "x-gzip"),
        ("/notes.txt.gz", "text/plain", "gzip"), ("/a.svgz", "image/svg+xml", "gzip"),
        ("/A.TAR.GZ?x=1", "application/octet-stream", "gzip"), ("/download", "application/gzip; x=y", "gzip"),
        ("/page.html.gz", "text/html", "gzip"),
    ])
    func `issue 20.10: it is saved as served`(target: String, type: String, coding: String) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in Self.reply(type, coding: coding) }
        defer { server.stop() }
        let result = try await Tool.run(["--json", "--output-dir", scratch("out"), server.baseURL + target])
        let row = try #require(try Row.array(result).first)
        #expect(row.ok && row.sizeDownload == Self.packed.count, "\(result.stdout)")
        let name = try #require(row.filenameEffective)
        #expect(try Self.bytes(scratch, name) == Self.packed)
    }

    @Test(arguments: [
        ("/pkg.tar.gz", "gzip", [packed, LoopbackServer.gzip(packed)]),
        ("/pkg.tar.gz", "gzip, gzip", [packed, LoopbackServer.gzip(packed)]),
        ("/pkg.tar.gz", "gzip, gzip", [packed, LoopbackServer.gzip(LoopbackServer.gzip(packed))]),
        ("/pkg.tar", "gzip", [content, packed]), ("/gz", "gzip", [content, packed]),
        ("/x.gz", "", [packed, packed]), ("/x.gz", "identity", [packed, packed]), ("/x.gz", "gzip", [[], []]),
    ])
    func `issue 20.10: one packed once more for the way loses that layer only`(
        target: String, coding: String, bodies: [[UInt8]]
    ) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in
            .response(headers: coding.isEmpty ? [] : [("Content-Encoding", coding)], body: bodies[1])
        }
        defer { server.stop() }
        let result = try await Tool.run(["--json", "--output-dir", scratch("out"), server.baseURL + target])
        #expect(result.exit == 0, "\(result.stdout)")
        #expect(try Self.bytes(scratch, "out" + target) == bodies[0])
    }

    @Test func `issue 20.10: the name may be that of the list or that behind the redirect`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            switch request.path {
            case "/pkg.tar.gz": .redirect(to: "/object/17")
            case "/latest": .redirect(to: "/pkg-2.tar.gz")
            default: Self.reply("application/octet-stream")
            }
        }
        defer { server.stop() }
        let result = try await Tool.run(
            ["--jsonl", "--output-dir", scratch("out"), "\(server.baseURL)/pkg.tar.gz", "\(server.baseURL)/latest"])
        #expect(result.exit == 0, "\(result.stdout)")
        #expect(try Self.bytes(scratch, "out/pkg.tar.gz") == Self.packed)
        #expect(try Self.bytes(scratch, "out/latest") == Self.packed)
    }

    @Test func `issue 20.10: several members are one file, and a cut one is truncated`() async throws {
        let scratch = try Scratch()
        let twice = Self.packed + LoopbackServer.gzip(Array("more".utf8))
        let server = try LoopbackServer { request in
            switch request.path {
            case "/twice.gz": return Self.reply("application/gzip", twice)
            case "/broken.gz": return Self.reply("application/gzip", Array("this is not packed at all".utf8))
            default:
                let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
                return .raw(Array(head.utf8) + Self.packed.dropLast(20), then: .close)
            }
        }
        defer { server.stop() }
        let result = try await Tool.run(
            ["--json", "--retry", "0", "--output-dir", scratch("out"), "\(server.baseURL)/{twice,cut,broken}.gz"])
        #expect(try Row.array(result).map(\.kind) == [nil, "truncated", "undecodable"])
        #expect(try Self.bytes(scratch, "out/twice.gz") == twice)
        #expect(try scratch.names("out") == ["twice.gz"])
    }

    @Test func `issue 20.10: with a cache too, whichever run comes first`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in
            .response(
                headers: [
                    ("Content-Encoding", "gzip"), ("Content-Type", "text/plain"), ("Cache-Control", "max-age=600"),
                ], body: Self.packed)
        }
        defer { server.stop() }
        for round in ["1", "2"] {
            let cache = "--cache=" + scratch("c.sqlite")
            let url = "\(server.baseURL)/notes.txt.gz"
            let saved = try await Tool.run(["--json", cache, "--output-dir", scratch("out" + round), url])
            #expect(saved.exit == 0)
            #expect(try Self.bytes(scratch, "out\(round)/notes.txt.gz") == Self.packed)
            let shown = try await Tool.run(["--jsonl", cache, "--body", url])
            #expect(shown.stdout.contains(#""body":"one line of a file\n"#))
        }
    }

    @Test func `issue 20.10: a mirror keeps it, and reads the links of pages whatever their name is`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { request in
            switch request.path {
            case "/": .html("<a href=/pkg.tar.gz>x</a> <a href=/wiki/Tar.gz>y</a>")
            case "/wiki/Tar.gz":
                Self.reply("text/html; charset=utf-8", LoopbackServer.gzip(Array("<a href=/found>z</a>".utf8)))
            case "/pkg.tar.gz": Self.reply("application/x-gzip")
            default: .status(404)
            }
        }
        defer { server.stop() }
        _ = try await Tool.run(["crawl", "--jsonl", "--output-dir", scratch("out"), "\(server.baseURL)/"])
        #expect(server.log.contains { $0.path == "/found" })
        let name = try #require(try scratch.names("out").first { $0.hasSuffix("pkg.tar.gz") })
        #expect(try Self.bytes(scratch, "out/" + name) == Self.packed)
    }
}
