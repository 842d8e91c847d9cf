import FoundationEssentials
import TestSupport
import Testing

/// Bodies of a crawl: what is not saved is not done, and no file takes the name of another.
@Suite("crawl --output-dir", .timeLimit(.minutes(20)))
struct CrawlSavingTests {
    private static func canMount() async throws -> Bool {
        try await Tool.shell("exec unshare -m sh -c 'mount -t tmpfs none /mnt'").exit == 0
    }

    private static func hasCompiler() async throws -> Bool { try await Tool.shell("command -v cc").exit == 0 }

    /// A site of four pages; the body of each names it, and one is large.
    private static func site(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
        let links = request.path == "/" ? "<a href=/one>x</a><a href=/large>x</a><a href=/two>x</a>" : ""
        let filling = request.path == "/large" ? String(repeating: "x", count: 1 << 20) : ""
        return .html("\(request.path) \(links)\(filling)")
    }

    @Test(.enabled("no mount namespaces") { try await canMount() })
    func `issue 21.2: a page whose body finds no room is fetched again, and nothing else is`() async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer(handler: Self.site)
        defer { server.stop() }
        let result = try await Tool.shell(
            """
            exec unshare -m sh -c 'mount -t tmpfs -o size=256k none /mnt
            run() { "$0" crawl --jsonl --no-robots --max 1 --retry 0 --output-dir /mnt/out --state s -o o --failed-to f "$1"
                echo "exit $?" >&2; }
            run "$1"; mount -o remount,size=8m /mnt; run "$1"; run "$1"; find /mnt/out -type f | wc -l >&2' "$0" "$1"
            """, ["\(server.baseURL)/"], directory: scratch.path)
        let lines = result.complaints.map(String.init)
        #expect(lines.count == 5, "\(lines)")
        let reason = "fetchall: \(server.baseURL)/large: cannot save the body: No space left on device"
        #expect(lines[0] == reason + "; 1 pages are not done; run the same command again to fetch them")
        #expect(Array(lines[1...3]) == ["exit 3", "exit 0", "exit 0"])
        #expect(server.log.map(\.path) == ["/", "/one", "/large", "/two", "/large"])
        let rows = try PageRow.file(scratch("o"))
        #expect(rows.map(\.path) == ["/", "/one", "/two", "/large"])
        #expect(rows.allSatisfy { $0.ok && $0.filenameEffective != nil })
        #expect(rows.map(\.index) == [0, 1, 2, 3])
        #expect(try scratch.text("f") == "")
        #expect(lines[4] == "4")
    }

    @Test(.enabled("no mount namespaces") { try await canMount() })
    func `issue 21.2: without --state its record is io, and the reason is said once`() async throws {
        let server = try LoopbackServer(handler: Self.site)
        defer { server.stop() }
        let result = try await Tool.shell(
            """
            exec unshare -m sh -c 'mount -t tmpfs -o size=256k none /mnt
            exec "$0" crawl --jsonl --no-robots --max 1 --retry 0 --output-dir /mnt/out "$1"' "$0" "$1"
            """, ["\(server.baseURL)/"])
        let rows = try PageRow.lines(result.bytes)
        #expect(rows.map(\.error?.kind) == [nil, nil, "io", nil], "\(rows)")
        #expect(result.exit == 3)
        let reason = "fetchall: \(server.baseURL)/large: cannot save the body: No space left on device"
        #expect(result.complaints == [Substring(reason)])
    }

    /// Makes a call fail for what is below a folder `out`.
    private static let faults = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <stdarg.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/types.h>
        #include <unistd.h>
        static int fails(int fd, const char *call) {
            char link[64], path[4096] = "";
            const char *fault = getenv("FAULT");
            if (!fault || strcmp(fault, call)) return 0;
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            if (readlink(link, path, sizeof path - 1) <= 0 || !strstr(path, "/out/")) return 0;
            errno = atoi(getenv("FAULT_ERRNO"));
            return 1;
        }
        #define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))
        static int opened(int fd, const char *name, int flags, mode_t mode) {
            if (flags & (O_WRONLY | O_RDWR) && fails(fd, "open")) return -1;
            return REAL("openat64", int (*)(int, const char *, int, mode_t))(fd, name, flags, mode);
        }
        int openat(int fd, const char *name, int flags, ...) {
            va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list);
            return opened(fd, name, flags, mode);
        }
        int openat64(int fd, const char *name, int flags, ...) {
            va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list);
            return opened(fd, name, flags, mode);
        }
        ssize_t write(int fd, const void *bytes, size_t count) {
            if (fails(fd, "write")) return -1;
            return REAL("write", ssize_t (*)(int, const void *, size_t))(fd, bytes, count);
        }
        int linkat(int a, const char *from, int b, const char *to, int flags) {
            if (fails(b, "link")) return -1;
            return REAL("linkat", int (*)(int, const char *, int, const char *, int))(a, from, b, to, flags);
        }
        int renameat(int a, const char *from, int b, const char *to) {
            if (fails(b, "link")) return -1;
            return REAL("renameat", int (*)(int, const char *, int, const char *))(a, from, b, to);
        }
        int mkdirat(int fd, const char *name, mode_t mode) {
            if (fails(fd, "mkdir")) return -1;
            return REAL("mkdirat", int (*)(int, const char *, mode_t))(fd, name, mode);
        }
        int close(int fd) {
            int failed = fails(fd, "close"), reason = errno;
            int result = REAL("close", int (*)(int))(fd);
            if (failed) errno = reason;
            return failed ? -1 : result;
        }
        """

    @Test(
        .enabled("no cc") { try await hasCompiler() },
        arguments: [("open", 122), ("write", 5), ("write", 28), ("link", 13), ("mkdir", 28), ("close", 122)])
    func `issue 21.2: a call that fails leaves every page to the next run`(call: String, errno: Int) async throws {
        let scratch = try Scratch()
        try scratch.write("shim.c", Self.faults)
        let compiled = try await Tool.shell("cc -shared -fPIC -o shim.so shim.c -ldl", directory: scratch.path)
        try #require(compiled.exit == 0, "\(compiled.stderr)")
        // The folder of the host is not made by the call that fails, but for mkdir.
        if call != "mkdir" {
            try FileManager.default.createDirectory(
                atPath: scratch("out/127.0.0.1/one"), withIntermediateDirectories: true)
        } else {
            try FileManager.default.createDirectory(atPath: scratch("out/127.0.0.1"), withIntermediateDirectories: true)
        }
        let server = try LoopbackServer {
            $0.path == "/" ? CrawlRun.page("/one", "/b.html") : .html($0.path)
        }
        defer { server.stop() }
        let arguments = [
            "crawl", "--jsonl", "--no-robots", "--retry", "0", "--output-dir", "out", "--state", "s", "-o", "records",
            "\(server.baseURL)/",
        ]
        let broken = try await Tool.shell(
            "FAULT=\(call) FAULT_ERRNO=\(errno) LD_PRELOAD=./shim.so exec \"$0\" \"$@\"", arguments,
            directory: scratch.path)
        #expect(broken.exit == 3, "\(broken.stderr)")
        #expect(broken.complaints.count == 1 && broken.stderr.contains("cannot save"), "\(broken.stderr)")
        let undone = 3 - (try PageRow.file(scratch("records")).count)
        #expect(undone > 0)
        let requests = server.requestCount
        let whole = try await Tool.run(arguments, directory: scratch.path)
        #expect(whole.exit == 0, "\(whole.stderr)")
        #expect(server.requestCount == requests + undone)
        let rows = try PageRow.file(scratch("records"))
        #expect(Set(rows.map(\.path)) == ["/", "/one", "/b.html"] && rows.count == 3)
        for row in rows where row.path != "/" {
            #expect(try scratch.text(row.filenameEffective ?? "?") == row.path)
        }
        #expect(try scratch.names("out").allSatisfy { !$0.hasSuffix(".part") })
    }

    @Test func `issue 21.3: a crawl that is taken up gives no page the file of an earlier one`() async throws {
        let scratch = try Scratch()
        let paths = (1...6).map { "/\($0)/index.html" } + ["/7/index-3.html"]
        let server = try LoopbackServer { request in
            .html(request.path + (request.path == "/" ? paths.map { "<a href=\"\($0)\">x</a>" }.joined() : ""))
        }
        defer { server.stop() }
        // A hundred pages is more than there are.
        for pages in ["3", "5", "100"] {
            let result = try await Tool.run([
                "crawl", "--jsonl", "--no-robots", "--max-pages", pages, "--state", scratch("s"), "-o", scratch("o"),
                "--output-dir", scratch("out"), "--filename-template", "{name}", "\(server.baseURL)/",
            ])
            #expect(result.exit == 0, "\(result.stderr)")
        }
        let rows = try PageRow.file(scratch("o"))
        #expect(rows.count == 8)
        #expect(Set(rows.compactMap(\.filenameEffective)).count == 8, "\(rows.map(\.filenameEffective))")
        for row in rows {
            #expect(try scratch.text(row.filenameEffective ?? "?").hasPrefix(row.path))
        }
    }

    /// A state of version 1, which knows no names: what they would be is left to the pages that are done.
    @Test func `issue 21.3: nor does the crawl of an older build`() async throws {
        let proxy = try LoopbackServer { .html($0.path) }
        defer { proxy.stop() }
        let scratch = try Scratch()
        let fixture = URL(filePath: #filePath).appending(path: "../../../Fixtures/databases/crawl.db")
        try Data(contentsOf: fixture.standardizedFileURL).write(to: URL(filePath: scratch("crawl.db")))
        try FileManager.default.createDirectory(atPath: scratch("out"), withIntermediateDirectories: false)
        try scratch.write("out/index.html", "of an earlier page")
        let result = try await Tool.run([
            "crawl", "--jsonl", "--state", scratch("crawl.db"), "--delay", "0", "--output-dir", scratch("out"),
            "--filename-template", "{name}", "-x", proxy.baseURL, "http://site.test/page/0",
        ])
        #expect(result.exit == 0, "\(result.stderr)")
        let rows = try PageRow.lines(result.bytes)
        #expect(!rows.isEmpty)
        for row in rows { #expect(try scratch.text(row.filenameEffective ?? "?") == row.path) }
        #expect(try scratch.text("out/index.html") == "of an earlier page")
    }
}
