package import FetchHTTP
package import FetchSystem
package import FetchTransport

/// A transport with a cache: it uses what is fresh, revalidates what is stale, and stores what it receives.
///
/// It sees one hop at a time, so redirects, retries and everything above the scheduler use it.
package struct CachingTransport: Transport {
    private let transport: any Transport
    private let cache: ResponseCache
    private let time: any TimeSource

    /// Puts a cache, which the caller closes, before a transport.
    package init(_ transport: any Transport, cache: ResponseCache, time: any TimeSource = SystemTime()) {
        self.transport = transport
        self.cache = cache
        self.time = time
    }

    /// The executor of the inner transport.
    package var executor: (any TaskExecutor)? { transport.executor }

    /// The meter of the inner transport.
    package var meter: TransferMeter? { transport.meter }

    /// As the inner transport does.
    package func afterTurn(_ action: @escaping @Sendable () -> Void) { transport.afterTurn(action) }

    /// As the inner transport does.
    package func after(_ duration: Duration, _ action: @escaping @Sendable () -> Void) -> Bool {
        transport.after(duration, action)
    }

    /// A response from the cache that needs no revalidation.
    package func answerAtHand(_ request: Request, into sink: BodySink, limits: TransferLimits) async -> TransferResult?
    {
        guard CachePolicy.isConcerned(with: request), let (stored, usedOn) = await cache.find(request) else {
            return nil
        }
        let now = time.wallMilliseconds()
        guard CachePolicy.use(stored, for: request, limits: limits, now: now) == .fresh else { return nil }
        return await fresh(stored, usedOn, request.url, into: sink, now: now)
    }

    /// Uses the cache where that is allowed; sends the request otherwise.
    package func send(_ request: Request, into sink: BodySink, limits: TransferLimits) async -> TransferResult {
        guard CachePolicy.isConcerned(with: request) else { return await pass(request, sink, limits) }
        guard let (stored, usedOn) = await cache.find(request) else { return await fetch(request, sink, limits) }
        let now = time.wallMilliseconds()
        switch CachePolicy.use(stored, for: request, limits: limits, now: now) {
        case .none: return await fetch(request, sink, limits)
        case .fresh:
            if let result = await fresh(stored, usedOn, request.url, into: sink, now: now) { return result }
            return await fetch(request, sink, limits)
        case .revalidate(let conditions): return await revalidate(stored, conditions, request, sink, limits)
        }
    }

    private func fresh(
        _ stored: StoredResponse, _ usedOn: Int64, _ url: FetchURL, into sink: BodySink, now: Int64
    ) async -> TransferResult? {
        guard var result = await deliver(stored, into: sink, state: .fresh) else { return nil }
        result.response?.headers = CachePolicy.aged(stored, now: now)
        if usedOn != ResponseTable.day(now) { await cache.write(.use(stored.id, now: now), for: url) }
        return result
    }

    /// Sends a request that the cache does not handle.
    private func pass(_ request: Request, _ sink: BodySink, _ limits: TransferLimits) async -> TransferResult {
        let result = await transport.send(request, into: sink, limits: limits)
        if let status = result.response?.status, CachePolicy.invalidates(request, status) {
            await cache.write(.invalidate(request.url), for: request.url)
        }
        return result
    }

    /// Revalidates a stored response; a 304 gives the stored body.
    private func revalidate(
        _ stored: StoredResponse, _ conditions: HeaderFields, _ request: Request, _ sink: BodySink,
        _ limits: TransferLimits
    ) async -> TransferResult {
        var conditional = request
        conditional.headers.append(contentsOf: conditions)
        let result = await fetch(conditional, for: request, sink, limits)
        guard result.error == nil, let answer = result.response, answer.status == 304 else { return result }
        var updated = stored
        updated.headers = CachePolicy.updated(stored.headers, by: answer.headers)
        updated.receivedAt = time.wallMilliseconds()
        updated.requestedAt = updated.receivedAt - Int64(answer.timing.total.milliseconds)
        guard CachePolicy.confirms(answer.headers, stored),
            var confirmed = await deliver(updated, into: sink, state: .revalidated)
        else {
            // The 304 is about another response, or that response is gone: request it again without conditions.
            return await fetch(request, sink, limits)
        }
        await cache.write(.update(updated), for: request.url)
        confirmed.response?.connects = answer.connects
        confirmed.response?.remoteIP = answer.remoteIP
        confirmed.response?.remotePort = answer.remotePort
        confirmed.response?.httpVersion = answer.httpVersion
        confirmed.response?.timing = answer.timing
        confirmed.timing = result.timing
        return confirmed
    }

    private func fetch(_ request: Request, _ sink: BodySink, _ limits: TransferLimits) async -> TransferResult {
        await fetch(request, for: request, sink, limits)
    }

    /// Sends a request, and stores the response if that is allowed.
    ///
    /// - Parameters:
    ///   - sent: The request as sent, with conditions.
    ///   - request: The user's request.
    private func fetch(
        _ sent: Request, for request: Request, _ sink: BodySink, _ limits: TransferLimits
    ) async -> TransferResult {
        let requestedAt = time.wallMilliseconds()
        let result = await transport.send(sent, into: sink.keeping(atMost: ResponseCache.largestBody), limits: limits)
        guard var response = result.response else { return result }
        let kept: [UInt8]? = if case .bytes(let bytes) = response.body { bytes } else { nil }
        response.body = sink.body(of: response.body)
        response.cache = .miss
        guard result.error == nil, CachePolicy.isStorable(response, to: request),
            // Its body is that of a file, not the decoded one.
            limits.packed?.coding(of: response.headers, url: request.url) == nil,
            // Of a body that the caller does not read, a part may be there.
            request.method == "HEAD" || limits.bodies.wants(response.headers.contentType)
        else { return result.with(response) }
        // The body of a followed redirect is dropped by the transport.
        let isDropped =
            limits.dropsRedirectBody && RedirectPolicy.isRedirect(response.status)
            && response.headers.contains("location")
        // A partial body is not stored: the transport may have dropped an unwanted rest.
        guard let body = isDropped ? [] : kept, isDropped || body.count == response.size,
            body.count <= ResponseCache.largestBody
        else {
            return result.with(response)
        }
        response.cache = .stored
        let stored = StoredResponse(
            status: response.status, httpVersion: response.httpVersion,
            headers: CachePolicy.storedFields(response.headers), size: response.size, isBodyDropped: isDropped,
            requestedAt: requestedAt, receivedAt: time.wallMilliseconds())
        await cache.write(.store(request, stored, body: body), for: request.url)
        return result.with(response)
    }

    /// A stored response with its body in the caller's sink; nil when the body is gone.
    private func deliver(
        _ stored: StoredResponse, into sink: BodySink, state: CacheState
    ) async -> TransferResult? {
        var response = Response(
            status: stored.status, httpVersion: stored.httpVersion, headers: stored.headers, size: stored.size,
            cache: state)
        var error: FetchError?
        if sink != .discard, !stored.isBodyDropped {
            guard let body = await cache.body(of: stored) else { return nil }
            switch sink {
            case .discard: break
            case .memory, .kept(_, file: nil): response.body = .bytes(body)
            case .file(let file), .kept(_, file: .some(let file)):
                response.body = .file
                error = body.withUnsafeBytes { file.write($0) }
            case .spool(let spool, _):
                spool.begin(response, isLast: false)
                error = body.withUnsafeBytes { spool.append($0) }
            }
        }
        return TransferResult(response: response, error: error)
    }
}

extension TransferResult {
    fileprivate func with(_ response: Response) -> TransferResult {
        TransferResult(response: response, error: error, timing: timing)
    }
}

extension BodySink {
    /// The same sink, with the bytes also kept in memory up to a limit.
    fileprivate func keeping(atMost limit: Int) -> BodySink {
        switch self {
        case .discard: .kept(limit: limit, file: nil)
        case .file(let file): .kept(limit: limit, file: file)
        case .spool(let spool, _): .spool(spool, limit: limit)
        case .memory, .kept: self
        }
    }

    /// The body for callers that do not know that it was kept.
    fileprivate func body(of body: Response.Body) -> Response.Body {
        switch self {
        case .discard, .spool: .discarded
        case .file: .file
        case .memory, .kept: body
        }
    }
}
