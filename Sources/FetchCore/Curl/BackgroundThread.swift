/// A thread for a call that blocks for ever, such as waiting for a signal.
public enum BackgroundThread {
    /// Starts it; nobody waits for its end.
    ///
    /// - Parameter isApart: Whether it should begin on another processor than the caller's, which goes on working.
    public static func start(isApart: Bool = false, _ body: @escaping @Sendable () -> Void) {
        NativeThread.detach(NativeThread.start(isApart: isApart, body))
    }
}
