package import FetchHTTP

/// Sends one request once, without redirects, retries and permits. Policy is above it, sockets are below.
package protocol Transport: Sendable {
    /// Sends the request and waits for the whole response.
    ///
    /// Cancelling the task ends the transfer immediately and frees its socket.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - sink: The destination of the body.
    ///   - limits: The limits of the transfer.
    /// - Returns: The response, or the error with what had arrived of the response.
    func send(_ request: Request, into sink: BodySink, limits: TransferLimits) async -> TransferResult

    /// A response without sending anything, if that is possible: it needs no permit and counts against no rate. Nil
    /// means that the request must be sent.
    func answerAtHand(_ request: Request, into sink: BodySink, limits: TransferLimits) async -> TransferResult?

    /// The executor on which ``send(_:into:limits:)`` costs no thread hop, if there is one.
    var executor: (any TaskExecutor)? { get }

    /// Counts the bytes of bodies while they arrive; nil without a display.
    var meter: TransferMeter? { get }

    /// Runs the action once all responses that arrived together have been delivered: a batch costs one wake-up of its
    /// reader instead of one for each. It runs immediately if the transport has no such moment.
    func afterTurn(_ action: @escaping @Sendable () -> Void)

    /// Runs the action after a delay, on the thread that delivers responses.
    ///
    /// - Returns: Whether it will; false if the transport has no timer or has ended, and the caller must wait.
    func after(_ duration: Duration, _ action: @escaping @Sendable () -> Void) -> Bool
}

extension Transport {
    /// There is none.
    package var executor: (any TaskExecutor)? { nil }

    /// There is none.
    package var meter: TransferMeter? { nil }

    /// There is no such response.
    package func answerAtHand(_ request: Request, into sink: BodySink, limits: TransferLimits) async -> TransferResult?
    {
        nil
    }

    /// Runs it immediately.
    package func afterTurn(_ action: @escaping @Sendable () -> Void) { action() }

    /// Returns false.
    package func after(_ duration: Duration, _ action: @escaping @Sendable () -> Void) -> Bool { false }
}
