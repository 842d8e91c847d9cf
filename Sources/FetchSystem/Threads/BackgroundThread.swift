/// A thread for a call that blocks for ever, such as waiting for a signal.
package enum BackgroundThread {
    /// Starts the thread, which is not joined.
    ///
    /// - Returns: False when the system has no thread left.
    package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let thread = NativeThread.start(body)
        NativeThread.detach(thread)
        return thread != 0
    }
}
