import Subprocess
import TestSupport
import Testing

@Suite("Nothing hangs, whatever fails or is stuck", .timeLimit(.minutes(20)))
struct LivenessTests {
    /// A preload library: epoll_ctl(2) adds no more than WATCHES descriptors, pthread_create(3) starts no more than THREADS
    /// threads, and writes to the file STUCK never return.
    private static let faults = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <pthread.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/epoll.h>
        #include <unistd.h>
        static int is_left(const char *variable, int *count) {
            const char *limit = getenv(variable);
            return !limit || __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST) <= atoi(limit);
        }
        int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event) {
            static int count;
            if (operation == EPOLL_CTL_ADD && !is_left("WATCHES", &count)) return errno = ENOSPC, -1;
            return ((int (*)(int, int, int, struct epoll_event *))dlsym(RTLD_NEXT, "epoll_ctl"))(epoll, operation, fd, event);
        }
        int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
            static int count;
            if (!is_left("THREADS", &count)) return EAGAIN;
            return ((int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))dlsym(RTLD_NEXT, "pthread_create"))(
                thread, attributes, body, argument);
        }
        static void wait_if_stuck(int fd) {
            char link[64], path[4096] = "";
            const char *wanted = getenv("STUCK");
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            if (wanted && readlink(link, path, sizeof path - 1) > 0 && strstr(path, wanted)) for (;;) sleep(1000);
        }
        ssize_t write(int fd, const void *bytes, size_t count) {
            wait_if_stuck(fd);
            return ((ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write"))(fd, bytes, count);
        }
        ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
            wait_if_stuck(fd);
            return ((ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64"))(fd, bytes, count, offset);
        }
        """

    private static let ended =
        "fetchall: ended 3 s after the signal, with work left; the output may be incomplete"

    private static func hasCompiler() async throws -> Bool { try await Tool.shell("command -v cc").exit == 0 }

    /// A folder with the library, in which commands run.
    private static func folder() async throws -> Scratch {
        let scratch = try Scratch()
        try scratch.write("shim.c", faults)
        let compiled = try await Tool.shell("cc -shared -fPIC -o shim.so shim.c -ldl", directory: scratch.path)
        try #require(compiled.exit == 0, "\(compiled.stderr)")
        return scratch
    }

    @Test(.enabled("no cc") { try await hasCompiler() }, arguments: [0, 1, 5])
    func `issue 20.3: sockets that the kernel watches no more of are answered all the same`(watches: Int) async throws {
        let scratch = try await Self.folder()
        let server = try LoopbackServer { $0.path == "/" ? .html("<a href=/1>1</a><a href=/2>2</a>") : .ok("x") }
        defer { server.stop() }
        let list = try await Tool.shell(
            "LD_PRELOAD=./shim.so WATCHES=\(watches) timeout -s KILL 120 \"$0\" --jsonl --max 20 \"$1\"",
            ["\(server.baseURL)/[1-60]"], directory: scratch.path)
        #expect(list.exit == 0, "\(list.stderr)")
        #expect(try Row.lines(list).filter(\.ok).count == 60)
        let crawl = try await Tool.shell(
            "LD_PRELOAD=./shim.so WATCHES=\(watches) timeout -s KILL 120 \"$0\" crawl --jsonl --no-robots \"$1\"",
            ["\(server.baseURL)/"], directory: scratch.path)
        #expect(crawl.exit == 0, "\(crawl.stderr)")
        #expect(try PageRow.lines(crawl.bytes).count == 3)
    }

    @Test(
        .enabled("no cc") { try await hasCompiler() },
        arguments: [
            "", "--sqlite table", "--cache=cache", "--output-dir bodies", "-o out --resume journal",
            "crawl --no-robots", "crawl --no-robots --state state", "--jq .url",
        ])
    func `issue 20.3: a thread that the system does not start is one line and exit 3`(options: String) async throws {
        let scratch = try await Self.folder()
        let server = try LoopbackServer { _ in .ok("x") }
        defer { server.stop() }
        var exits: Set<Int> = []
        for threads in 0...8 {
            let result = try await Tool.shell(
                """
                LD_PRELOAD=./shim.so THREADS=\(threads) timeout -s KILL 120 "$0" \(options) --jsonl --max 20 --max-wait 1s "$1"
                code=$?; rm -rf table cache bodies out journal state; exit $code
                """, ["\(server.baseURL)/1"], directory: scratch.path)
            exits.insert(Int(result.exit))
            #expect(result.exit == 0 || result.exit == 3, "\(threads) threads: \(result)")
            #expect(result.exit == 0 || !result.stderr.isEmpty, "\(threads) threads: \(result)")
        }
        #expect(exits == [0, 3])
    }

    @Test(
        .enabled("no cc") { try await hasCompiler() },
        arguments: [("journal", "--resume journal"), ("out", ""), ("table", "--sqlite table")])
    func `issue 20.3: SIGTERM ends a run that cannot write`(stuck: String, options: String) async throws {
        let scratch = try await Self.folder()
        let server = try LoopbackServer { _ in .ok("x") }
        defer { server.stop() }
        let result = try await Tool.shell(
            """
            LD_PRELOAD=./shim.so STUCK=/\(stuck) timeout -s KILL 120 "$0" --jsonl -o out \(options) "$1" & run=$!
            while ! test -e \(stuck); do sleep 0.05; done; sleep 1; kill -TERM $run; wait $run
            """, ["\(server.baseURL)/[1-200]"], directory: scratch.path)
        #expect(result.exit == 143, "\(result)")
        // A run that has not begun ends at once.
        guard stuck == "out" else { return }
        #expect(result.complaints.last.map(String.init) == Self.ended, "\(result)")
    }

    @Test(arguments: [15, 1])
    func `issue 20.3: SIGTERM and SIGHUP end a run whose output nobody reads`(signal: Int32) async throws {
        let scratch = try Scratch()
        let server = try LoopbackServer { _ in .ok(String(repeating: "x", count: 10_000)) }
        defer { server.stop() }
        let result = try await Tool.shell(
            """
            mkfifo pipe; timeout -s KILL 120 "$0" --jsonl --body "$1" >pipe & run=$!
            exec 3<pipe; dd bs=1 count=1 <&3 >/dev/null 2>&1; kill -\(signal) $run; wait $run
            """, ["\(server.baseURL)/[1-200]"], directory: scratch.path)
        #expect(result.exit == 128 + signal, "\(result)")
        #expect(result.complaints.last.map(String.init) == Self.ended, "\(result)")
    }

    @Test func `issue 20.3: a jq program that does not end is ended by the deadline and by SIGINT`() async throws {
        let server = try LoopbackServer { _ in .ok("x") }
        defer { server.stop() }
        let program = #"if .index == 0 then last(repeat(1)) else .url end"#
        let late = try await Tool.run(
            ["--jsonl", "--jq", program, "--deadline", "1s", "\(server.baseURL)/1", "\(server.baseURL)/2"])
        #expect(late.stdout == "\(server.baseURL)/2\n", "\(late)")
        #expect(late.stderr.contains("jq: ended, because the run has to end and the program did not"))
        #expect(late.exit != 0)
        let another = try LoopbackServer { _ in .ok("x") }
        defer { another.stop() }
        let interrupted = try await Tool.start(["--jsonl", "--jq", program, "\(another.baseURL)/1"]) { tool in
            #expect(await another.waitUntil(requests: 1))
            try tool.send(.interrupt)
        }
        #expect(interrupted.exit == 130)
        #expect(interrupted.stderr.contains("jq: ended, because the run has to end and the program did not"))
    }
}
