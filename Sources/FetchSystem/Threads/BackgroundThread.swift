/// A thread for a call that blocks for ever, such as waiting for a signal.
package enum BackgroundThread {
    /// Starts the thread, which is not joined.
    package static func start(_ body: @escaping @Sendable () -> Void) {
        NativeThread.detach(NativeThread.start(body))
    }
}
