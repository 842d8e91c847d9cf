import TestSupport
import Testing

@Suite("issue 24: of two settings the one that is nearer to the request counts", .timeLimit(.minutes(20)))
struct ConfigPrecedenceTests {
    /// The values of a field that a server gets, by path.
    private static func values(_ name: String, _ server: LoopbackServer) -> [String: [String]] {
        Dictionary(server.log.map { ($0.path, $0.values(name)) }, uniquingKeysWith: { $1 })
    }

    @Test(arguments: [
        "header = [\"Authorization: Bearer file\", \"X-Other: kept\"]", "user = \"me:file\"", "bearer = \"file\"",
    ])
    func `a credential of the command line or of a URL replaces one of the file`(file: String) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let folder = try ConfigFolder(user: file + "\n")
        let url = server.baseURL
        let own = url.replacing("://", with: "://u:p@")
        for (options, urls) in [
            ([], ["\(url)/file"]), (["-u", "u:p"], ["\(url)/user"]), (["--user=u:p"], ["\(url)/user-long"]),
            (["--oauth2-bearer", "line"], ["\(url)/bearer"]), (["--bearer=line"], ["\(url)/bearer-long"]),
            (["-HAuthorization: line"], ["\(url)/header"]), (["--max=1"], ["\(own)/url", "\(url)/url-after"]),
            (["--to-all-hosts"], ["\(own)/url-to-all"]),
        ] {
            let result = try await folder.run(options + urls)
            #expect(result.exit == 0, "\(options): \(result.stderr)")
        }
        let sent = Self.values("Authorization", server)
        let ofFile = file.hasPrefix("user") ? "Basic bWU6ZmlsZQ==" : "Bearer file"
        #expect(sent["/file"] == [ofFile] && sent["/url-after"] == [ofFile], "\(sent)")
        for path in ["/user", "/user-long", "/url", "/url-to-all"] { #expect(sent[path] == ["Basic dTpw"], "\(path)") }
        for path in ["/bearer", "/bearer-long"] { #expect(sent[path] == ["Bearer line"], "\(path): \(sent)") }
        #expect(sent["/header"] == ["line"], "\(sent)")
        if file.hasPrefix("header") {
            let other = Self.values("X-Other", server)
            #expect(other["/user"] == ["kept"] && other["/url"] == ["kept"] && other["/header"] == [], "\(other)")
        }
    }

    @Test func `-b, -A, -e and -r replace a header of the file, and -H keeps its precedence among the arguments`()
        async throws
    {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let folder = try ConfigFolder(
            user: "header = [\"Cookie: a=file\", \"User-Agent: file\", \"Referer: http://file/\"]\n")
        let plain = try await folder.run(["-b", "a=line", "-A", "line", "-e", "http://line/", "\(server.baseURL)/"])
        #expect(plain.exit == 0, "\(plain.stderr)")
        let request = try #require(server.log.first)
        #expect(request.values("Cookie") == ["a=line"] && request.values("User-Agent") == ["line"])
        #expect(request.values("Referer") == ["http://line/"])
        let both = try await folder.run(["-u", "u:p", "-H", "Authorization: header", "\(server.baseURL)/both"])
        #expect(both.exit == 0 && server.log.last?.values("Authorization") == ["header"], "\(both.stderr)")
    }

    @Test(arguments: [
        "user = \"all:all\"", "bearer = \"all\"", "header = \"Authorization: all\"", "cookie = \"a=all\"",
    ])
    func `what a file has for a host is before what it has for all`(all: String) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let name = all.hasPrefix("cookie") ? "Cookie" : "Authorization"
        for key in name == "Cookie" ? ["header = \"Cookie: own\""] : ["user = \"o:wn\"", "bearer = \"own\""] {
            let folder = try ConfigFolder(user: "\(all)\n[hosts.\"\(server.baseURL)\"]\n\(key)\n")
            let result = try await folder.run(["\(server.baseURL)/"])
            #expect(result.exit == 0, "\(result.stderr)")
            let own = name == "Cookie" ? "own" : key.hasPrefix("user") ? "Basic bzp3bg==" : "Bearer own"
            #expect(server.log.last?.values(name) == [own], "\(all), \(key)")
            // The command line's own credential is before both.
            let line = try await folder.run(["-H", "\(name): line", "\(server.baseURL)/line"])
            #expect(line.exit == 0 && server.log.last?.values(name) == ["line"], "\(line.stderr)")
        }
    }
}
