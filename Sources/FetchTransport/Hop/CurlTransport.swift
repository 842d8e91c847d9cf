package import FetchHTTP

/// The transport over libcurl, with one or two loops and one set of network options.
package struct CurlTransport: CallbackTransport {
    private let loops: TransferLoops

    /// Sends through a loop; the caller shuts it down.
    package init(loop: TransferLoop) { loops = TransferLoops(loop) }

    /// Sends through all loops; the caller shuts them down.
    package init(loops: TransferLoops) { self.loops = loops }

    /// The first loop's own thread.
    package var executor: (any TaskExecutor)? { loops.first }

    /// The meter of its loops.
    package var meter: TransferMeter? { loops.meter }

    /// Sends the request; credentials in its URL become an Authorization header, unless there is one.
    package func send(_ request: Request, into sink: BodySink, limits: TransferLimits) async -> TransferResult {
        let request = Self.authorized(request)
        let result = await loops.first.perform(request, into: sink, limits: limits)
        // Where this machine has no room, the idle connections of the other loop are all that is left.
        guard let error = result.error, error.kind == .localLimit, !error.mayHaveSent, let second = loops.second else {
            return result
        }
        return await second.perform(request, into: sink, limits: limits)
    }

    /// Starts the request; the closure is called on the thread of a loop.
    package func start(
        _ request: Request, into sink: BodySink, limits: TransferLimits, cancellation: CancellationHandle,
        _ completion: @escaping @Sendable (inout TransferResult) -> Void
    ) -> FetchError? {
        guard request.url.hasCredentials else {
            return loops.next(for: request.url).start(
                request, into: sink, limits: limits, cancellation: cancellation, completion)
        }
        return loops.next(for: request.url).start(
            Self.authorized(request), into: sink, limits: limits, cancellation: cancellation, completion)
    }

    /// Identifies a transfer.
    package func makeCancellationHandle() -> CancellationHandle { loops.first.makeCancellationHandle() }

    /// The loop that the caller runs on, if there are two.
    package var currentLoop: Int? { loops.current }

    /// Ends a transfer, before or after its start.
    package func cancel(_ cancellation: CancellationHandle) { loops.cancel(cancellation) }

    private static func authorized(_ request: Request) -> Request {
        guard request.url.hasCredentials, !request.headers.decides("authorization") else { return request }
        var request = request
        request.headers.append("Authorization", Credentials(userinfoOf: request.url).basic)
        return request
    }

    /// Runs the action on the loop that the caller runs on.
    package func after(_ duration: Duration, _ action: @escaping @Sendable () -> Void) -> Bool {
        loops.after(duration, action)
    }

    /// Runs the action before the next wait of the loop that the caller runs on.
    package func afterTurn(_ action: @escaping @Sendable () -> Void) {
        loops.beforeNextWait(action)
    }
}
