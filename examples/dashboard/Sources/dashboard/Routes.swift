import FetchCore
import Hummingbird
import NIOPosix

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The routes of the server.
enum Routes {
    /// How long `/sync` and `/async` take.
    private static let workTime: Duration = .milliseconds(100)

    /// A router that responds with the data of the services.
    static func router(_ upstreams: Upstreams) -> Router<BasicRequestContext> {
        let router = Router()
        // Work that blocks its thread runs on the thread pool: on an event loop it would delay every connection.
        router.get("sync") { _, _ in
            try await NIOThreadPool.singleton.runIfActive {
                usleep(UInt32(workTime / .microseconds(1)))
                return "done on a thread of the pool\n"
            }
        }
        // Work that waits holds no thread.
        router.get("async") { _, _ in
            try await Task.sleep(for: workTime)
            return "done without a thread\n"
        }
        router.get("dashboard/{id}") { request, context in
            let id = try context.parameters.require("id")
            do {
                return try context.responseEncoder.encode(
                    try await upstreams.dashboard(of: id), from: request, context: context)
            } catch let error as FetchError {
                throw HTTPError(error.kind == .timedOut ? .gatewayTimeout : .badGateway, message: error.description)
            }
        }
        router.get("/") { request, _ in
            let id = request.uri.queryParameters["id"].map(String.init) ?? "42"
            let dashboard: Result<Dashboard, any Error>
            do {
                dashboard = .success(try await upstreams.dashboard(of: id))
            } catch {
                dashboard = .failure(error)
            }
            let html = Page(id: id, dashboard: dashboard).html
            return Response(
                status: .ok,
                headers: [
                    .contentType: "text/html; charset=utf-8",
                    // Nothing but the page's own style.
                    .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'",
                ],
                body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
        }
        return router
    }
}
