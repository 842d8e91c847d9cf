import FetchHTTP
import FetchTransport
import TestSupport

/// A server and a real libcurl for one test.
struct Fetcher: Sendable {
    typealias Handler = @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply
    typealias Opening = @Sendable (Int) -> [LoopbackServer.Step]?

    let server: LoopbackServer
    let loop: TransferLoop
    let transport: CurlTransport

    /// Runs the body with both, and ends both whatever it does.
    static func run(
        _ options: NetworkOptions = .loopback, onConnect: Opening? = nil, answering handler: @escaping Handler,
        _ body: (Fetcher) async throws -> Void
    ) async throws {
        let server = try LoopbackServer(onConnect: onConnect, handler: handler)
        defer { server.stop() }
        let loop = try TransferLoop(options: options)
        defer { loop.shutdown() }
        try await body(Fetcher(server: server, loop: loop, transport: CurlTransport(loop: loop)))
    }

    /// A request to the server.
    func request(
        _ path: String = "/", method: String = "GET", headers: HeaderFields = HeaderFields(), body: [UInt8]? = nil,
        scheme: String = "http"
    ) throws -> Request {
        let url = try FetchURL.parse("\(scheme)://127.0.0.1:\(server.port)\(path)")
        return Request(url, method: method, headers: headers, body: body)
    }

    /// Sends a GET, the body into memory unless told otherwise.
    func get(
        _ path: String = "/", into sink: BodySink = .memory, limits: TransferLimits = .test
    ) async -> TransferResult {
        do {
            return await transport.send(try request(path), into: sink, limits: limits)
        } catch {
            return TransferResult(error: FetchError(.invalidURL, "\(error)"))
        }
    }
}

extension NetworkOptions {
    /// Options that look neither at the environment nor further than this machine.
    static var loopback: NetworkOptions {
        var options = NetworkOptions()
        options.proxy = ""
        options.connectTimeout = .seconds(10)
        return options
    }
}

extension TransferLimits {
    /// Long enough for a busy machine, short enough for a test that hangs.
    static let test = TransferLimits(maxTime: .seconds(60))
}

extension TransferResult {
    /// The body as text; nil when it was not kept.
    var text: String? {
        guard case .bytes(let bytes) = response?.body else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
