import FoundationEssentials
import Subprocess
import Testing

/// A server that is a Python script, for what our own cannot do: TLS. It has a certificate made for the test, listens on a
/// free port of the loopback interface, and writes the port as its first line.
struct PythonServer {
    /// Where it listens.
    let port: Int
    /// The certificate, which is its own authority.
    let certificate: String

    /// `https://127.0.0.1:PORT`
    var baseURL: String { "https://127.0.0.1:\(port)" }

    /// Whether there are the programs that it needs.
    static func isThere() async throws -> Bool {
        try await Tool.shell("python3 -c 'import ssl' && openssl version").stdout.contains("OpenSSL")
    }

    /// Runs a script while the closure runs.
    ///
    /// - Parameters:
    ///   - script: The script; its folder holds `server.pem` and `server.key`.
    ///   - arguments: What it gets in `sys.argv`.
    ///   - days: How long the certificate is good; less than zero for one that has expired.
    static func run(
        _ script: String, _ arguments: [String], days: Int = 2,
        while body: @Sendable (PythonServer) async throws -> Void
    ) async throws {
        let scratch = try Scratch()
        let made = try await Tool.shell(
            """
            openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=test -keyout server.key \
            -out request.pem && echo subjectAltName=IP:127.0.0.1 >names &&
            exec openssl x509 -req -in request.pem -signkey server.key -days "$1" -extfile names -out server.pem
            """, ["\(days)"], directory: scratch.path)
        try #require(made.exit == 0, "\(made.stderr)")
        try scratch.write("server.py", script)
        // Not through Tool: a server must not take one of the slots that its own client waits for.
        _ = try await Subprocess.run(
            .name("sh"),
            arguments: Arguments(
                ["-c", "cd \"$0\" && exec python3 server.py \"$@\" >out 2>log", scratch.path] + arguments),
            environment: .custom(["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": scratch.path]),
            input: .none, output: .discarded, error: .discarded
        ) { execution in
            do {
                let port = try await port(from: scratch)
                try await body(PythonServer(port: port, certificate: scratch("server.pem")))
            } catch {
                try? execution.send(signal: .kill)
                throw error
            }
            try execution.send(signal: .kill)
        }
    }

    private static func port(from scratch: Scratch) async throws -> Int {
        let deadline = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < deadline {
            let text = (try? scratch.text("out")) ?? ""
            if text.contains("\n"), let line = text.split(separator: "\n").first, let port = Int(line) { return port }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw NoPort(log: (try? scratch.text("log")) ?? "")
    }

    private struct NoPort: Error {
        let log: String
    }
}

extension PythonServer {
    /// Speaks TLS and hands what is in it to a plain port, and back: `[PORT]`.
    static let terminator = """
        import socket, ssl, sys, threading
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("server.pem", "server.key")
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        print(listener.getsockname()[1], flush=True)

        def pump(source, target):
            try:
                while data := source.recv(65536):
                    target.sendall(data)
            except OSError:
                pass
            for end in (source, target):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

        def serve(plain):
            try:
                client = context.wrap_socket(plain, server_side=True)
                server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
            except OSError:
                return plain.close()
            threading.Thread(target=pump, args=(client, server), daemon=True).start()
            pump(server, client)

        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
        """

    /// Speaks HTTP/2 and answers each stream with 200 and `ok`, but for what the fault says that `sys.argv[1]` names.
    static let http2 = """
        import itertools, socket, ssl, struct, sys, threading, time
        fault = sys.argv[1]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("server.pem", "server.key")
        context.set_alpn_protocols(["h2"])
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        print(listener.getsockname()[1], flush=True)
        lock, streams, connections = threading.Lock(), itertools.count(1), itertools.count(1)
        DATA, HEADERS, RST, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7

        def frame(kind, flags, stream, payload=b""):
            return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload

        def good(stream):
            return frame(HEADERS, 4, stream, b"\\x88") + frame(DATA, 1, stream, b"ok")

        def reset(stream, code):
            return frame(RST, 0, stream, struct.pack(">I", code))

        def goaway(last, code):
            return frame(GOAWAY, 0, 0, struct.pack(">II", last, code))

        def answer(stream, number, connection):
            if fault == "reset" and number == 1:
                return frame(HEADERS, 4, stream, b"\\x88") + frame(DATA, 0, stream, b"half") + reset(stream, 2)
            if fault == "refused" and number == 1:
                return reset(stream, 7)
            if fault == "goaway" and connection == 1:
                return goaway(0, 0)
            if fault == "calm":
                return goaway(0, 11)
            if fault == "stall" and number == 1:
                return frame(HEADERS, 4, stream, b"\\x88") + frame(DATA, 0, stream, b"half")
            if fault == "bomb":
                return frame(HEADERS, 0, stream, b"\\x88") + frame(9, 0, stream, b"\\x40\\x01a\\x7f\\x80\\x3e" + b"b" * 8127) * 2000
            if fault == "status":
                return frame(HEADERS, 5, stream, b"\\x48\\x032x0")
            return good(stream)

        def exactly(client, count):
            data = b""
            while len(data) < count:
                piece = client.recv(count - len(data))
                if not piece:
                    raise OSError
                data += piece
            return data

        def serve(plain):
            connection = next(connections)
            try:
                client = context.wrap_socket(plain, server_side=True)
                exactly(client, 24)
                client.sendall(frame(SETTINGS, 0, 0))
                while True:
                    head = exactly(client, 9)
                    payload = exactly(client, int.from_bytes(head[:3], "big"))
                    kind, flags, stream = head[3], head[4], struct.unpack(">I", head[5:])[0]
                    if kind == SETTINGS and not flags & 1:
                        client.sendall(frame(SETTINGS, 1, 0))
                    elif kind == PING and not flags & 1:
                        client.sendall(frame(PING, 1, 0, payload))
                    elif kind == HEADERS:
                        reply = answer(stream, next(streams), connection)
                        client.sendall(reply)
                        if fault in ("goaway", "calm") and reply[3] == GOAWAY:
                            time.sleep(0.2)
                            return client.close()
            except OSError:
                plain.close()

        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
        """
}
