import FoundationEssentials
import TestSupport
import Testing

@Suite("A shortage of this machine is not a fault of the server", .timeLimit(.minutes(20)))
struct LocalLimitTests {
    /// Whether a network of its own can be made here: it takes root, and a container may forbid it.
    static func hasNamespaces() async throws -> Bool {
        try await Tool.shell(
            "PATH=$PATH:/usr/sbin:/sbin; command -v python3 && unshare -n sh -c 'ip link set lo up && sysctl -qw \(Self.ports)'"
        ).exit == 0
    }

    private static let ports = "net.ipv4.ip_local_port_range=\"40000 40019\""

    /// A server that keeps connections and answers after a moment, or the port of one that ended.
    private static let server = """
        import http.server, os, sys, threading, time
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_GET(self):
                time.sleep(0.01)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")
            def log_message(self, *_): pass
        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 1024
        server = Server(("127.0.0.1", 30000), Handler)
        if os.fork() == 0:
            os.close(1)
            server.serve_forever()
        """

    /// Runs the command where only twenty local ports are.
    private func withFewPorts(_ command: String) async throws -> ToolResult {
        let scratch = try Scratch()
        try scratch.write("server.py", Self.server)
        return try await Tool.shell(
            """
            PATH=$PATH:/usr/sbin:/sbin
            exec unshare -n --pid --fork --kill-child sh -c '
            ip link set lo up && sysctl -qw \(Self.ports)
            python3 server.py </dev/null >/dev/null 2>&1
            \(command)' "$0"
            """, directory: scratch.path)
    }

    @Test(.enabled("no network namespaces") { try await hasNamespaces() })
    func `issue 20.4: twenty local ports are enough for three hundred requests, and nothing is lost`() async throws {
        let result = try await withFewPorts(
            "\"$0\" --jsonl --max 100 --retry 0 --resume run.journal \"http://127.0.0.1:30000/[1-300]\"")
        #expect(result.exit == 0, "\(result.stderr)")
        let rows = try Row.lines(result)
        #expect(rows.count == 300)
        #expect(rows.allSatisfy { $0.ok && $0.numRetries == 0 }, "\(rows.compactMap(\.error))")
        // Said once.
        #expect(result.complaints.count == 1)
        #expect(result.stderr.contains("fewer concurrent requests: no local port"))
    }

    /// Idle connections to other hosts hold all ports.
    @Test(.enabled("no network namespaces") { try await hasNamespaces() })
    func `issue 20.4: idle connections make room for other hosts`() async throws {
        let result = try await withFewPorts("\"$0\" --jsonl --max 4 --retry 0 \"http://h[1-45].localhost:30000/\"")
        #expect(result.exit == 0, "\(result.stderr)")
        let rows = try Row.lines(result)
        #expect(rows.count == 45)
        #expect(rows.allSatisfy { $0.ok && $0.numRetries == 0 }, "\(rows.compactMap(\.error))")
    }

    @Test(.enabled("no network namespaces") { try await hasNamespaces() })
    func `issue 20.4: a shortage that stays ends as local-limit, and the journal has no record of it`() async throws {
        // All ports are taken by others.
        let hog =
            "import socket, time; s = [socket.create_connection((\\\"127.0.0.1\\\", 30000)) for _ in range(20)]; "
            + "print(flush=True); time.sleep(60)"
        let result = try await withFewPorts(
            """
            python3 -c "\(hog)" >hog & while ! test -s hog; do sleep 0.05; done
            "$0" --jsonl --max 20 --max-wait 1s --resume run.journal "http://127.0.0.1:30000/[1-30]"; code=$?
            kill $!; wait $! 2>/dev/null
            "$0" --jsonl --max 2 --resume run.journal "http://127.0.0.1:30000/[1-30]" >again; echo "again $?" >&2
            wc -l <again >&2; exit $code
            """)
        #expect(result.exit == 3, "\(result.stderr)")
        #expect(try Row.lines(result).isEmpty)
        #expect(result.stderr.contains("fewer concurrent requests: no local port"), "\(result.stderr)")
        #expect(result.complaints.contains("again 0"), "\(result.stderr)")
        #expect(result.complaints.last?.hasSuffix("30") == true, "\(result.stderr)")
    }

    @Test(.enabled("no network namespaces") { try await hasNamespaces() })
    func `issue 20.4: an address that this machine has no route to is still the other end's fault`() async throws {
        let result = try await withFewPorts(
            """
            sysctl -qw net.ipv6.conf.all.disable_ipv6=1
            "$0" --jsonl --retry 0 "http://127.0.0.1:9/" "http://[::1]:30000/" "http://192.0.2.1/"
            """)
        #expect(result.exit == 1, "\(result.stderr)")
        #expect(try Row.lines(result).map(\.kind) == Array(repeating: "connection-refused", count: 3))
        #expect(result.complaints.isEmpty)
    }

    @Test(.enabled("no bash") { try await Tool.shell("command -v bash").exit == 0 })
    func `issue 20.4: descriptors that are taken already mean fewer connections, and no failure`() async throws {
        let server = try LoopbackServer { _ in .ok("x", after: .milliseconds(10)) }
        defer { server.stop() }
        let result = try await Tool.shell(
            """
            exec bash -c 'for i in {10..49}; do eval "exec $i</dev/null"; done
            ulimit -n 64; exec "$0" --jsonl --max 20 --retry 0 "$1"' "$0" "$1"
            """, ["\(server.baseURL)/[1-200]"])
        #expect(result.exit == 0, "\(result.stderr)")
        let rows = try Row.lines(result)
        #expect(rows.count == 200)
        #expect(rows.allSatisfy { $0.ok && $0.numRetries == 0 }, "\(rows.compactMap(\.error))")
        #expect(server.peakConnections < 20)
        #expect(result.complaints.count == 1)
        #expect(result.stderr.contains("fewer concurrent requests: this process has no file descriptor left"))
    }
}
