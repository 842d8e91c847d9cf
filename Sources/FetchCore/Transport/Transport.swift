/// Sends one request once: no redirect, no retry, no permit. Policy lives above, sockets below.
public protocol Transport: Sendable {
    /// Sends the request and waits for the whole answer.
    ///
    /// Cancelling the task ends the transfer at once and frees its socket.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - sink: Where the body goes.
    ///   - limits: What the transfer may cost.
    /// - Returns: The answer, or the error beside whatever had arrived of it.
    func send(_ request: Request, into sink: BodySink, limits: TransferLimits) async -> TransferResult

    /// Answers without sending anything, where that is possible: such an answer needs no permit and counts against no
    /// rate. Nil means that the request has to be sent.
    func answerAtHand(_ request: Request, into sink: BodySink, limits: TransferLimits) async -> TransferResult?

    /// The executor on which ``send(_:into:limits:)`` costs no thread hop, if there is one.
    var executor: (any TaskExecutor)? { get }

    /// Runs the action once all answers that arrived together have been handed over: a batch costs one wake-up of its
    /// reader instead of one for each. At once, where the transport knows no such moment.
    func afterTurn(_ action: @escaping @Sendable () -> Void)

    /// Runs the action after a while, where answers are handed over.
    ///
    /// - Returns: Whether it will; false where the transport keeps no time or has ended, and the caller has to wait.
    func after(_ duration: Duration, _ action: @escaping @Sendable () -> Void) -> Bool
}

extension Transport {
    /// None.
    public var executor: (any TaskExecutor)? { nil }

    /// Nothing is at hand.
    public func answerAtHand(_ request: Request, into sink: BodySink, limits: TransferLimits) async -> TransferResult? {
        nil
    }

    /// At once.
    public func afterTurn(_ action: @escaping @Sendable () -> Void) { action() }

    /// No.
    public func after(_ duration: Duration, _ action: @escaping @Sendable () -> Void) -> Bool { false }
}

/// What one transfer gave: a response, an error, or both when the answer broke off on the way.
public struct TransferResult: Sendable {
    /// The answer as far as it arrived; nil when there was none.
    public var response: Response?
    /// Why it is not whole.
    public var error: FetchError?
    /// Where the time went; nil when nothing was sent.
    public var timing: Timing?

    /// Nothing yet, to be filled in. The other initialiser copies what it takes, even nothing.
    init() {}

    /// Makes a result.
    public init(response: Response? = nil, error: FetchError? = nil, timing: Timing? = nil) {
        self.response = response
        self.error = error
        self.timing = timing ?? response?.timing
    }
}
