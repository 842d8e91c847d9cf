#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The thread a server runs on.
enum ServerThread {
    /// Starts a thread that runs the loop to its end. The loop is handed over: from here on it belongs to that thread.
    static func start(_ loop: sending ServerLoop) throws(SystemError) -> pthread_t {
        let context = Unmanaged.passRetained(loop).toOpaque()
        var thread = ServerThreadHandle()
        let code = pthread_create(&thread, nil, runServerLoop, context)
        if let started = thread as pthread_t?, code == 0 { return started }
        Unmanaged<ServerLoop>.fromOpaque(context).release()
        throw SystemError(call: "pthread_create", code: code)
    }
}

#if os(Linux)
private typealias ServerThreadHandle = pthread_t
#else
private typealias ServerThreadHandle = pthread_t?
#endif

private func runServerLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { Unmanaged<ServerLoop>.fromOpaque(context).takeRetainedValue().run() }
    return nil
}
