/// A thread for a call that blocks for ever, such as waiting for a signal.
public enum BackgroundThread {
    /// Starts the thread, which is not joined.
    public static func start(_ body: @escaping @Sendable () -> Void) {
        NativeThread.detach(NativeThread.start(body))
    }
}
