/// The transport over libcurl: one loop, one set of network options.
public struct CurlTransport: Transport {
    private let loop: TransferLoop

    /// Sends through a loop, which stays the caller's to shut down.
    public init(loop: TransferLoop) { self.loop = loop }

    /// The loop's own thread.
    public var executor: (any TaskExecutor)? { loop }

    /// Sends the request; credentials in its URL become an Authorization field, unless there is one.
    public func send(_ request: Request, into sink: BodySink, limits: TransferLimits) async -> TransferResult {
        guard request.url.hasCredentials else { return await loop.perform(request, into: sink, limits: limits) }
        var request = request
        if !request.headers.contains("authorization") {
            request.headers.append("Authorization", Credentials(userinfoOf: request.url).basic)
        }
        return await loop.perform(request, into: sink, limits: limits)
    }

    /// Before the loop waits next.
    public func whenSettled(_ action: @escaping @Sendable () -> Void) {
        loop.beforeNextWait(action)
    }
}
