import FetchHTTP
import CCurl

/// The life of one easy handle in the loop: the handle, what its callbacks record, and the receiver of the result.
///
/// Callbacks only record. They run inside libcurl, where no curl call and no continuation is allowed; the loop acts on
/// what they recorded. Not Sendable: it belongs to the loop's thread.
final class Transfer {
    private(set) var easy: EasyHandle
    /// The shard whose multi handles this easy handle is always added to, so that its connection is found again.
    let shard: Int
    /// The index of the multi handle that it was added to last.
    var multi: UInt8 = 0
    /// The loop that it belongs to, which keeps it until all of libcurl is freed.
    unowned let agent: LoopAgent
    /// Its slot in the loop while it is in flight.
    var slot = 0
    /// The origin of its request, for which its connection is recorded when it becomes idle.
    var origin = KnownOrigin()
    var completion: (@Sendable (inout TransferResult) -> Void)?
    /// Its share of a limited bandwidth.
    var turn = BandwidthTurn()

    private(set) var limits = TransferLimits()
    private(set) var isSecure = false
    private(set) var isIdempotent = true
    private(set) var head = IncomingHead()
    /// The open files of the request's body; nil for most requests.
    var upload: UploadStream?
    /// What libcurl did with sockets for this transfer.
    var sockets = SocketTrace()
    /// The address that its last socket was opened for (a sockaddr).
    var lastAddress: [UInt8] = []
    private(set) var isHead = false
    private(set) var sink = BodySink.discard
    /// Decodes the body; nil for one without codings.
    var decoder: (any BodyDecoding)?
    /// The URL, where it decides whether a coding is a part of the file, or names the body in a display.
    private(set) var url: FetchURL?
    /// Counts the body for a display; nil without one.
    let gauge: BodyGauge?
    var body: [UInt8] = []
    var output = BodyOutput()
    var size = 0
    /// The progress of the file that the body goes to.
    var saving = FileProgress()
    /// The failure that a callback found; it takes precedence over libcurl's code, which only says that a callback
    /// refused.
    var failure: FetchError?
    /// Whether the rest of an unwanted body was refused, which is not a failure.
    var isCut = false
    /// The bytes on the wire that are missing to the Content-Length, where libcurl does not count them: see
    /// ``countsBody()``. Otherwise nil.
    var missing: Int?
    /// Whether the body was complete before libcurl knew it.
    var isEndedEarly: Bool { missing == 0 }
    /// Whether the body is unwanted, once it is known.
    var knownUnwanted: Bool?
    /// What is known of challenges before the answer.
    private(set) var challenges = ChallengeCount()

    /// Makes a transfer with its handle; nil when memory is exhausted.
    init?(
        options: NetworkOptions, share: UnsafeMutableRawPointer?, ownFields: StringList, shard: Int, agent: LoopAgent
    ) {
        guard let easy = EasyHandle(options: options, share: share, ownFields: ownFields) else { return nil }
        self.easy = easy
        self.shard = shard
        self.agent = agent
        gauge = agent.meter.map { BodyGauge($0) }
        setFunctions()
    }

    /// Sets what libcurl calls.
    private func setFunctions() {
        let address = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_pointer(easy.pointer, CURLOPT_PRIVATE, address)
        ccurl_set_write_function(
            easy.pointer,
            { bytes, size, count, transfer in
                guard let bytes, let transfer else { return 0 }
                return Unmanaged<Transfer>.fromOpaque(transfer)._withUnsafeGuaranteedRef {
                    $0.receivedBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
                }
            }, address)
        ccurl_set_header_function(
            easy.pointer,
            { bytes, size, count, transfer in
                guard let bytes, let transfer else { return 0 }
                // Called ten times per response, so references are not counted here and in the other callbacks.
                return Unmanaged<Transfer>.fromOpaque(transfer)._withUnsafeGuaranteedRef {
                    $0.receivedHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
                }
            }, address)
        ccurl_set_socket_functions(
            easy.pointer,
            { transfer, _, address in Transfer.from(transfer)?.open(address) ?? CURL_SOCKET_BAD },
            { transfer, socket in Transfer.from(transfer)?.close(socket) ?? 0 }, address)
        setTracing()
        limitChallenges()
        guard CurlFaults.present.checksConnections else { return }
        ccurl_set_before_function(
            easy.pointer,
            { transfer, _, _, _, port in
                guard let transfer else { return CURL_PREREQFUNC_OK }
                return Unmanaged<Transfer>.fromOpaque(transfer)._withUnsafeGuaranteedRef {
                    $0.maySend(from: port) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
                }
            }, address)
    }

    /// The transfer of a pointer that libcurl passes back. The loop keeps every transfer alive until libcurl's handles
    /// are freed, so the pointer is valid whenever libcurl has it.
    static func from(_ pointer: UnsafeMutableRawPointer?) -> Transfer? {
        guard let pointer else { return nil }
        return Unmanaged<Transfer>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Takes a new handle in place of one that keeps the system's error of an earlier transfer.
    private func renewHandle() {
        guard let renewed = easy.renewed() else { return }
        easy.free()
        easy = renewed
        setFunctions()
    }

    /// Prepares for a request.
    func prepare(_ request: Request, sink: BodySink, limits: TransferLimits) {
        if CurlFaults.present.keepsSystemError && systemError != 0 || easy.hasOtherCredentials(than: request) {
            renewHandle()
        }
        self.sink = sink
        self.limits = limits
        isHead = request.method == "HEAD"
        isSecure = request.url.scheme == .https
        isIdempotent = request.isIdempotent
        url = limits.packed == nil && gauge == nil ? nil : request.url
        head.reset()
        sockets = SocketTrace()
        if !body.isEmpty { body = [] }
        output.begin()
        size = 0
        saving = FileProgress()
        if failure != nil { failure = nil }
        isCut = false
        if missing != nil { missing = nil }
        knownUnwanted = nil
        challenges = ChallengeCount()
        if let bandwidth = agent.bandwidth { turn.begin(bandwidth.budgetOfOne()) }
        easy.prepare(request, of: origin, maxTime: limits.maxTime, upload: upload)
    }

    // MARK: What comes

    private func receivedHeader(_ line: UnsafeRawBufferPointer) -> Int {
        let wasComplete = head.isComplete
        guard head.take(line) else {
            failure = head.problem
            return 0
        }
        if challenges.isOpen, wasComplete, !head.isComplete, !beginRound() { return 0 }
        if easy.previewsHead, head.hasField || head.isComplete && isFinalHead { easy.previewHead(false) }
        return !head.isComplete || wasComplete || acceptsHead() ? line.count : 0
    }

    /// Whether a body may follow the head, and no other head (RFC 9110 §15.2). libcurl reports no status for a proxy's
    /// response to CONNECT.
    private var isFinalHead: Bool { status >= 200 || status == 101 }

    /// Receives a line of a head that libcurl has not stored, or a part of a long one. Once a field is stored, a folded
    /// line can be appended to it.
    func previewedHead(_ bytes: UnsafeRawBufferPointer) -> Int {
        if head.isAtLineStart, IncomingHead.isFolded(bytes) {
            failure = IncomingHead.foldedAtStart
            return 0
        }
        head.isAtLineStart = bytes.last == 0x0A
        return bytes.count
    }

    /// Another head follows one that was a challenge: libcurl has dropped its body and repeated the request.
    private func beginRound() -> Bool {
        guard challenges.answer() else {
            failure = FetchError(
                .protocolError, "the server asked for authentication more than \(ChallengeCount.maximum) times",
                curlCode: .loginDenied)
            return false
        }
        knownUnwanted = nil
        if CurlFaults.present.writesThroughFreedField { easy.previewHead(true) }
        return true
    }

    /// Checks a head that has just become complete; false when the rest of the response is refused.
    private func acceptsHead() -> Bool {
        guard easy.awaitsChallenges, status == 401 || status == 407 else { return acceptsAnswer() }
        // Nothing is known of it before its body or another head comes.
        challenges.begin()
        failure = headFailure()
        if head.hidesClose || head.hasTransferCoding && head.length != nil { easy.forbidReuse() }
        return failure == nil
    }

    /// Checks a head that was taken for a challenge, once it is known that it is not answered.
    func acceptsUnansweredChallenge() -> Bool {
        guard challenges.isOpen else { return true }
        challenges.close()
        return acceptsAnswer()
    }

    /// Checks the head of an answer, or of what comes before one (1xx).
    private func acceptsAnswer() -> Bool {
        failure = headFailure()
        if failure == nil, let file = sink.file { beginFile(file) }
        if failure == nil, case .spool(let spool, _) = sink { beginSpool(spool) }
        failure = failure ?? lengthFailure()
        isCut = isCut || failure == nil && isUnwantedWithoutEnd
        if gauge != nil, failure == nil, !isCut { announceBody() }
        guard head.hasTransferCoding || head.length == .max || head.hidesClose else { return failure == nil && !isCut }
        // An intermediary may have used the length (RFC 9112 §6.3).
        if head.length != nil || head.hidesClose { easy.forbidReuse() }
        if failure == nil, countsBody() { missing = head.length }
        return failure == nil && !isCut && !isEndedEarly
    }

    /// Why a complete head cannot be accepted, before any of the body is.
    private func headFailure() -> FetchError? {
        if head.isOdd {
            if head.hidesFraming { return HeadCheck.hiddenFraming }
            let fields = HeaderFields(lines: head.lines)
            if let failure = HeadCheck.failure(of: fields) { return failure }
            head.length = HeadCheck.length(of: fields)
        }
        if head.hasCoding {
            do throws(FetchError) {
                _ = try ContentCoding.transferLayers(of: HeaderFields(lines: head.lines))
            } catch {
                return error
            }
        }
        return nil
    }

    /// Why a body of a declared length cannot be accepted.
    private func lengthFailure() -> FetchError? {
        let limit = limits.keepsBeginning ? nil : limits.maxBodySize.map { $0 - saving.base }
        guard let length = head.length, length > min(limit ?? .max, DiskSpace.uncheckedSize), hasWantedBody else {
            return nil
        }
        // An encoded body may be larger than its decoded form, but seldom is.
        if let limit, length > limit, !head.hasCoding {
            return FetchError(
                .tooLarge, "the body is larger than \(limit + saving.base) bytes", curlCode: .fileSizeExceeded)
        }
        // A length beyond 64 bits is not known.
        return head.hasTransferCoding || length == .max ? nil : sink.spaceFailure(length: length, base: saving.base)
    }

    /// Whether a body follows the head and is needed.
    private var hasWantedBody: Bool {
        !isHead && status >= 200 && status != 204 && status != 304 && !isUnwanted
    }

    /// Whether the unwanted body is long, or ends with the connection. The connection cannot be reused then, and there
    /// is nothing to wait for.
    private var isUnwantedWithoutEnd: Bool {
        guard limits.bodies != .all || limits.dropsRedirectBody && RedirectPolicy.isRedirect(status), !isHead,
            status >= 200, status != 204, status != 304, isUnwanted
        else { return false }
        if let length = head.length { return length > TransferLimits.maxUnwantedBodySize && !head.hasCoding }
        return !head.hasCoding && httpVersion.hasPrefix("1")
    }

    var status: Int { Int(ccurl_get_long(easy.pointer, CURLINFO_RESPONSE_CODE)) }
}
