import TestSupport
import Testing

@Suite("A close or a checkpoint that fails is told", .timeLimit(.minutes(20)))
struct CloseFaultTests {
    /// Makes close(2) fail for files whose names begin with FAILING, as a quota or NFS does, and pwrite(2) for the file FULL.
    private static let faults = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        static int is(int fd, const char *variable, int whole) {
            char link[64], path[4096] = "";
            const char *wanted = getenv(variable);
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            const char *name = wanted && readlink(link, path, sizeof path - 1) > 0 ? strrchr(path, '/') : 0;
            return name && !strncmp(name + 1, wanted, strlen(wanted) + whole);
        }
        int close(int fd) {
            int fails = is(fd, "FAILING", 0);
            int result = ((int (*)(int))dlsym(RTLD_NEXT, "close"))(fd);
            if (fails) errno = EDQUOT;
            return fails ? -1 : result;
        }
        ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
            if (is(fd, "FULL", 1)) return errno = ENOSPC, -1;
            return ((ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64"))(fd, bytes, count, offset);
        }
        ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return pwrite64(fd, bytes, count, offset); }
        """

    private static func hasCompiler() async throws -> Bool { try await Tool.shell("command -v cc").exit == 0 }

    private static func makeFaults(_ scratch: Scratch) async throws {
        try scratch.write("shim.c", faults)
        let compiled = try await Tool.shell("cc -shared -fPIC -o shim.so shim.c -ldl", directory: scratch.path)
        try #require(compiled.exit == 0, "\(compiled.stderr)")
    }

    @Test(.enabled("no cc") { try await hasCompiler() })
    func `issue 20.6: a state whose log cannot be copied into it is told, and its crawl goes on`() async throws {
        let scratch = try Scratch()
        try await Self.makeFaults(scratch)
        let server = try LoopbackServer { $0.path == "/" ? .html("<a href=/a>x</a>") : .html("") }
        defer { server.stop() }
        let arguments = ["crawl", "--jsonl", "--no-robots", "--state", "state", "-o", "out", "\(server.baseURL)/"]
        let full = try await Tool.shell(
            "LD_PRELOAD=./shim.so FULL=state exec \"$0\" \"$@\"", arguments, directory: scratch.path)
        #expect(full.exit == 3)
        #expect(full.stderr == "fetchall: cannot write state: database or disk is full\n")
        #expect(try PageRow.file(scratch("out")).count == 2)
        let again = try await Tool.run(arguments, directory: scratch.path)
        #expect(again.exit == 0 && again.stderr == "", "\(again.stderr)")
        #expect(server.requestCount == 2)
        #expect(try PageRow.file(scratch("out")).count == 2)
    }

    @Test(
        .enabled("no cc") { try await hasCompiler() },
        arguments: ["records", "failed", "journal", "stdout", "jar", "pages", "listed"])
    func `issue 20.6: a close that fails is told, whatever file it is`(name: String) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .status(404, headers: [("Set-Cookie", "a=1")]) }
        defer { server.stop() }
        try await Self.makeFaults(scratch)
        let arguments: [String] =
            switch name {
            case "records": ["--jsonl", "-o", "records"]
            case "failed": ["--jsonl", "--failed-to", "failed"]
            case "journal": ["--jsonl", "--resume", "journal", "-o", "out"]
            case "jar": ["--jsonl", "--cookie-jar", "jar"]
            case "pages": ["crawl", "--jsonl", "--no-robots", "-o", "pages"]
            case "listed": ["crawl", "--jsonl", "--no-robots", "--failed-to", "listed"]
            default: ["--jsonl"]
            }
        let result = try await Tool.shell(
            "LD_PRELOAD=./shim.so FAILING=\(name) exec \"$0\" \"$@\" >stdout", arguments + ["\(server.baseURL)/"],
            directory: scratch.path)
        #expect(result.exit == 3, "\(result.stderr)")
        let shown = name == "stdout" ? "standard output" : name
        #expect(result.complaints.count == 1)
        #expect(result.stderr.hasPrefix("fetchall: cannot write \(shown)"), "\(result.stderr)")
        #expect(try !scratch.text("stdout").isEmpty == ["failed", "stdout", "jar", "listed"].contains(name))
    }
}
