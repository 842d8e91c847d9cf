/// The transport over libcurl: one loop, one set of network options.
public struct CurlTransport: DirectTransport {
    private let loop: TransferLoop

    /// Sends through a loop, which stays the caller's to shut down.
    public init(loop: TransferLoop) { self.loop = loop }

    /// The loop's own thread.
    public var executor: (any TaskExecutor)? { loop }

    /// Sends the request; credentials in its URL become an Authorization field, unless there is one.
    public func send(_ request: Request, into sink: BodySink, limits: TransferLimits) async -> TransferResult {
        await loop.perform(Self.authorized(request), into: sink, limits: limits)
    }

    /// Starts the request; the closure is called on the loop's thread.
    public func start(
        _ request: Request, into sink: BodySink, limits: TransferLimits, ticket: Ticket,
        _ completion: @escaping @Sendable (consuming TransferResult) -> Void
    ) {
        guard request.url.hasCredentials else {
            return loop.start(request, into: sink, limits: limits, ticket: ticket, completion)
        }
        loop.start(Self.authorized(request), into: sink, limits: limits, ticket: ticket, completion)
    }

    /// Names a transfer.
    public func makeTicket() -> Ticket { loop.makeTicket() }

    /// Ends a transfer, started or not.
    public func cancel(_ ticket: Ticket) { loop.cancel(ticket) }

    private static func authorized(_ request: Request) -> Request {
        guard request.url.hasCredentials, !request.headers.contains("authorization") else { return request }
        var request = request
        request.headers.append("Authorization", Credentials(userinfoOf: request.url).basic)
        return request
    }

    /// Before the loop waits next.
    public func whenSettled(_ action: @escaping @Sendable () -> Void) {
        loop.beforeNextWait(action)
    }
}
