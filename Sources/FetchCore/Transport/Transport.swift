/// Sends one request once, without redirects, retries and permits. Policy is above it, sockets are below.
public protocol Transport: Sendable {
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
    public var executor: (any TaskExecutor)? { nil }

    /// There is no such response.
    public func answerAtHand(_ request: Request, into sink: BodySink, limits: TransferLimits) async -> TransferResult? {
        nil
    }

    /// Runs it immediately.
    public func afterTurn(_ action: @escaping @Sendable () -> Void) { action() }

    /// Returns false.
    public func after(_ duration: Duration, _ action: @escaping @Sendable () -> Void) -> Bool { false }
}

/// The result of one transfer: a response, an error, or both if the response broke off.
public struct TransferResult: Sendable {
    /// The response as far as it arrived; nil if there was none.
    public var response: Response?
    /// Why it is not complete.
    public var error: FetchError?
    /// The times of the transfer; nil when nothing was sent.
    public var timing: Timing?

    /// An empty result to be filled in. The other initialiser copies its arguments, even empty ones.
    init() {}

    /// Makes a result.
    public init(response: Response? = nil, error: FetchError? = nil, timing: Timing? = nil) {
        self.response = response
        self.error = error
        self.timing = timing ?? response?.timing
    }
}
