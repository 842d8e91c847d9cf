import CPosix

/// The thread a server runs on.
struct ServerThread {
    private let handle: UInt

    /// Starts a thread that runs the loop to its end. The loop is handed over: from here on it belongs to that thread.
    init(running loop: sending ServerLoop) throws(SystemError) {
        let context = Unmanaged.passRetained(loop).toOpaque()
        handle = cposix_thread_start(runServerLoop, context)
        guard handle == 0 else { return }
        Unmanaged<ServerLoop>.fromOpaque(context).release()
        throw SystemError.noThread
    }

    /// Waits until the loop has come to its end.
    func join() { cposix_thread_join(handle) }
}

private func runServerLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { Unmanaged<ServerLoop>.fromOpaque(context).takeRetainedValue().run() }
    return nil
}
