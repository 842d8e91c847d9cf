import FoundationEssentials
import Subprocess
import TestSupport
import Testing

/// Crawls with everything that writes, killed at random moments or with a system call that fails, and taken up until they
/// end. `FETCHALL_CRAWL_KILLS` and `FETCHALL_CRAWL_FAULTS` say how often; docs/faults.md has the figures.
@Suite("issue 21: whatever ends a crawl, nothing is lost and nothing is there twice", .timeLimit(.minutes(60)))
struct CrawlInjectionTests {
    private static func number(_ name: String, _ usual: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? usual
    }

    private static let pages = 40

    /// A site of forty pages with a body each, and one link that is broken.
    private static func site(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
        guard let number = request.path == "/" ? 0 : Int(request.path.dropFirst(2)), number < pages else {
            return .status(404)
        }
        let links = [2 * number + 1, 2 * number + 2].filter { $0 < pages }.map { "<a href=/p\($0)>x</a>" }
        let broken = number == 3 ? "<a href=/missing>x</a>" : ""
        let filling = String(repeating: "\(number) ", count: 2000)
        return .html("\(links.joined())\(broken)\(filling)", after: .milliseconds(2))
    }

    private static func arguments(_ url: String) -> [String] {
        [
            "crawl", "--jsonl", "--no-robots", "--retry", "0", "--max-host", "4", "--state", "state", "-o", "out",
            "--failed-to", "failed", "--output-dir", "bodies", "\(url)/",
        ]
    }

    /// Looks at all that a crawl leaves when it is complete.
    private static func expectComplete(_ scratch: Scratch, _ context: String) throws {
        let rows = try PageRow.file(scratch("out"))
        #expect(rows.count == pages + 1, "\(context): \(rows.count) records")
        #expect(Set(rows.map(\.path)).count == rows.count, "\(context): a page has two records")
        #expect(rows.map(\.index) == Array(0..<rows.count), "\(context)")
        var names: Set<String> = []
        for row in rows where row.ok {
            guard let name = row.filenameEffective else {
                Issue.record("\(context): \(row.path) is ok and not saved")
                continue
            }
            #expect(names.insert(name).inserted, "\(context): two records name \(name)")
            let number = row.path == "/" ? "0" : String(row.path.dropFirst(2))
            let file = URL(filePath: scratch(name))
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            let isWhole = text.hasSuffix(String(repeating: "\(number) ", count: 2000))
            #expect(isWhole, "\(context): \(name) is not \(row.path)")
        }
        #expect(names.count == pages, "\(context)")
        let failed = try scratch.text("failed").split(separator: "\n")
        #expect(failed.count == 1 && failed[0].contains("/missing"), "\(context): \(failed)")
        let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
            .filter { $0.hasPrefix("state-") || $0.hasPrefix("state.") }
        #expect(left.isEmpty, "\(context): \(left)")
    }

    @Test func `killed at random moments`() async throws {
        let server = try LoopbackServer(logLimit: 0, handler: Self.site)
        defer { server.stop() }
        var random = SeededRandom(seed: 21)
        var kills = 0
        while kills < Self.number("FETCHALL_CRAWL_KILLS", 6) {
            let scratch = try Scratch()
            for _ in 0..<6 {
                let wait = Duration.milliseconds(Int.random(in: 20...400, using: &random))
                let result = try await Tool.start(Self.arguments(server.baseURL), directory: scratch.path) { tool in
                    try await Task.sleep(for: wait)
                    try? tool.send(.kill)
                }
                guard result.exit == 1009 else { break }
                kills += 1
            }
            let last = try await Tool.run(Self.arguments(server.baseURL), directory: scratch.path)
            #expect(last.exit == 1, "\(last)")
            try Self.expectComplete(scratch, "after \(kills) kills")
        }
    }

    /// A preload library: the call number FAULT_AT to a file below FAULT_ROOT fails with FAULT_ERRNO. What is beyond the
    /// last call is told by the file `unused`.
    private static let faults = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <stdarg.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <sys/types.h>
        #include <unistd.h>
        static int count;
        static int counts(void) {
            const char *at = getenv("FAULT_AT");
            if (!at || __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST) != atoi(at)) return 0;
            errno = atoi(getenv("FAULT_ERRNO"));
            return 1;
        }
        static int fails(int fd) {
            char link[64], path[4096] = "";
            const char *root = getenv("FAULT_ROOT");
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            return root && readlink(link, path, sizeof path - 1) > 0 && strstr(path, root) && counts();
        }
        static int fails_at(int fd, const char *name) {
            const char *root = getenv("FAULT_ROOT");
            if (name[0] == '/') return root && strstr(name, root) && counts();
            return fd == AT_FDCWD ? counts() : fails(fd);
        }
        #define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))
        #define MODE va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list)
        int openat64(int fd, const char *name, int flags, ...) {
            MODE;
            if (flags & (O_WRONLY | O_RDWR) && fails_at(fd, name)) return -1;
            return REAL("openat64", int (*)(int, const char *, int, mode_t))(fd, name, flags, mode);
        }
        int openat(int fd, const char *name, int flags, ...) { MODE; return openat64(fd, name, flags, mode); }
        int open64(const char *name, int flags, ...) { MODE; return openat64(AT_FDCWD, name, flags, mode); }
        int open(const char *name, int flags, ...) { MODE; return openat64(AT_FDCWD, name, flags, mode); }
        ssize_t write(int fd, const void *bytes, size_t size) {
            if (fails(fd)) return -1;
            return REAL("write", ssize_t (*)(int, const void *, size_t))(fd, bytes, size);
        }
        ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset) {
            if (fails(fd)) return -1;
            return REAL("pwrite64", ssize_t (*)(int, const void *, size_t, off64_t))(fd, bytes, size, offset);
        }
        ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) { return pwrite64(fd, bytes, size, offset); }
        #define ONE(name) int name(int fd) { if (fails(fd)) return -1; return REAL(#name, int (*)(int))(fd); }
        ONE(fsync)
        ONE(fdatasync)
        int ftruncate64(int fd, off64_t size) {
            if (fails(fd)) return -1;
            return REAL("ftruncate64", int (*)(int, off64_t))(fd, size);
        }
        int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }
        int linkat(int a, const char *from, int b, const char *to, int flags) {
            if (fails_at(b, to)) return -1;
            return REAL("linkat", int (*)(int, const char *, int, const char *, int))(a, from, b, to, flags);
        }
        int renameat(int a, const char *from, int b, const char *to) {
            if (fails_at(b, to)) return -1;
            return REAL("renameat", int (*)(int, const char *, int, const char *))(a, from, b, to);
        }
        int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }
        int mkdirat(int fd, const char *name, mode_t mode) {
            if (fails_at(fd, name)) return -1;
            return REAL("mkdirat", int (*)(int, const char *, mode_t))(fd, name, mode);
        }
        int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }
        """

    @Test(.enabled("no cc") { try await Tool.shell("command -v cc").exit == 0 })
    func `with a call that fails`() async throws {
        let library = try Scratch()
        try library.write("shim.c", Self.faults)
        let compiled = try await Tool.shell("cc -shared -fPIC -o shim.so shim.c -ldl", directory: library.path)
        try #require(compiled.exit == 0, "\(compiled.stderr)")
        let server = try LoopbackServer(logLimit: 0, handler: Self.site)
        defer { server.stop() }
        let count = Self.number("FETCHALL_CRAWL_FAULTS", 12)
        var exits: [Int32: Int] = [:]
        for number in 0..<count {
            // The first calls one by one, the rest spread over a whole crawl.
            let at = count < 100 ? number * 17 + 1 : number + 1
            let errno = number % 2 == 0 ? 28 : 5
            let scratch = try Scratch()
            let context = "call \(at) fails with \(errno)"
            let environment = [
                "LD_PRELOAD": library("shim.so"), "FAULT_AT": "\(at)", "FAULT_ERRNO": "\(errno)",
                "FAULT_ROOT": scratch.path,
            ]
            let first = try await Tool.run(
                Self.arguments(server.baseURL), environment: environment, directory: scratch.path)
            exits[first.exit, default: 0] += 1
            if first.exit == 1 {
                // No call failed, or one whose failure does no harm.
                try Self.expectComplete(scratch, context)
            } else {
                #expect(first.exit == 3 && !first.stderr.isEmpty, "\(context): \(first)")
            }
            let second = try await Tool.run(Self.arguments(server.baseURL), directory: scratch.path)
            #expect(second.exit == 1, "\(context): \(first.stderr) \(second)")
            try Self.expectComplete(scratch, context)
        }
        #expect(exits[3, default: 0] > 0, "\(exits)")
        if count > 100 { print("crawls with a fault, by exit code: \(exits)") }
    }
}
