import CCurl

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One easy handle's life in the loop: the handle, what its callbacks record, and who waits for the end.
///
/// Callbacks only record. They run inside libcurl, where no curl call and no continuation is allowed; the loop acts on
/// what they left behind. Not Sendable: it belongs to the loop's thread.
final class Transfer {
    let easy: EasyHandle
    /// The multi handle this easy handle is always added to, so that its connection is where it was left.
    let shard: Int
    var id = TransferID(rawValue: 0)
    var completion: (@Sendable (TransferResult) -> Void)?

    private(set) var limits = TransferLimits()
    private(set) var connectTimeout: Duration
    private(set) var isSecure = false
    private var method = "GET"
    private var sink = BodySink.discard
    private var head: [UInt8] = []
    private var isHeadComplete = false
    private var headSize = 0
    /// Whether a Content-Length came that is not the only one, or not a number: nearly none does.
    private var hasOddLength = false
    private var hasLength = false
    private var body: [UInt8] = []
    private var size = 0
    /// What a callback found wrong; stands above libcurl's own code, which only says that a callback refused.
    private var failure: FetchError?
    /// Whether the rest of a redirect's body was refused, which is no failure.
    private var isCut = false

    /// Makes a transfer with its handle; nil when memory is short.
    init?(options: NetworkOptions, share: UnsafeMutableRawPointer?, shard: Int) {
        guard let easy = EasyHandle(options: options, share: share) else { return nil }
        self.easy = easy
        self.shard = shard
        connectTimeout = options.connectTimeout
        let address = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_pointer(easy.pointer, CURLOPT_PRIVATE, address)
        ccurl_set_write_function(
            easy.pointer,
            { bytes, size, count, transfer in
                guard let bytes, let transfer = Transfer.from(transfer) else { return 0 }
                return transfer.receivedBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
            }, address)
        ccurl_set_header_function(
            easy.pointer,
            { bytes, size, count, transfer in
                guard let bytes, let transfer = Transfer.from(transfer) else { return 0 }
                return transfer.receivedHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
            }, address)
    }

    /// The transfer behind a pointer that libcurl hands back. The loop keeps every transfer alive until its handle is
    /// freed, so the pointer is good whenever libcurl has it.
    static func from(_ pointer: UnsafeMutableRawPointer?) -> Transfer? {
        guard let pointer else { return nil }
        return Unmanaged<Transfer>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Gets ready for a request.
    func prepare(_ request: Request, sink: BodySink, limits: TransferLimits) {
        self.sink = sink
        self.limits = limits
        method = request.method
        isSecure = request.url.scheme == .https
        head.removeAll(keepingCapacity: true)
        isHeadComplete = false
        headSize = 0
        hasLength = false
        hasOddLength = false
        body = []
        size = 0
        failure = nil
        isCut = false
        easy.prepare(request, limits: limits)
    }

    /// A line of a head, or of a trailer.
    private func receivedHeader(_ line: UnsafeRawBufferPointer) -> Int {
        headSize += line.count
        if headSize > TransferLimits.maxHeadSize {
            failure = FetchError(
                .tooLarge, "the header is larger than \(TransferLimits.maxHeadSize / 1024) KiB", curlCode: 56)
            return 0
        }
        // A status line starts a head anew: a 1xx came before.
        if line.count > 5, line[0] == 0x48, line[4] == 0x2F, line[1] == 0x54, line[2] == 0x54, line[3] == 0x50 {
            head.removeAll(keepingCapacity: true)
            isHeadComplete = false
            hasLength = false
            hasOddLength = false
        } else if isHeadComplete {
            return line.count
        } else if line.first == 0x0D || line.first == 0x0A {
            isHeadComplete = true
        } else {
            if line.count > 14, line[0] | 0x20 == 0x63, line[8] | 0x20 == 0x6C { noteLength(line) }
            head.append(contentsOf: line)
        }
        return line.count
    }

    /// Looks at a field that may be a Content-Length while it passes, so that a good one needs no second look.
    private func noteLength(_ line: UnsafeRawBufferPointer) {
        guard line.prefix(14).elementsEqual("content-length".utf8, by: { $0 | 0x20 == $1 }) else { return }
        let value = line.dropFirst(15).drop { $0 == 0x20 }.prefix { $0 != 0x0D && $0 != 0x0A }
        let isNumber = line[14] == 0x3A && !value.isEmpty && value.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        if hasLength || !isNumber { hasOddLength = true }
        hasLength = true
    }

    /// Decoded bytes of the body.
    private func receivedBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        size += bytes.count
        if let limit = limits.maxBodySize, size > limit {
            failure = FetchError(.tooLarge, "the body is larger than \(limit) bytes", curlCode: 63)
            return 0
        }
        if limits.dropsRedirectBody, (300..<400).contains(status), header(["location"]) {
            isCut = size > TransferLimits.maxRedirectBodySize
            return isCut ? 0 : bytes.count
        }
        switch sink {
        case .discard: break
        case .memory: body.append(contentsOf: bytes)
        case .file(let descriptor): return write(bytes, to: descriptor)
        case .kept(let limit, let descriptor):
            if size <= limit { body.append(contentsOf: bytes) } else { body = [] }
            if let descriptor { return write(bytes, to: descriptor) }
        }
        return bytes.count
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
        var rest = bytes
        while !rest.isEmpty {
            #if canImport(Glibc)
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            #else
            let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
            #endif
            if count < 0 {
                if errno == EINTR { continue }
                failure = FetchError(.io, "cannot save the body: \(String(cString: strerror(errno)))", curlCode: 23)
                return 0
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return bytes.count
    }

    private var status: Int { Int(ccurl_get_long(easy.pointer, CURLINFO_RESPONSE_CODE)) }

    private func header(_ names: [String]) -> Bool {
        let fields = HeaderFields(lines: head)
        return names.allSatisfy { fields.contains($0) }
    }

    /// What the transfer gave, once libcurl has ended it.
    func result(_ code: CurlCode) -> TransferResult {
        let response = makeResponse()
        if isCut { return TransferResult(response: response) }
        if let failure { return TransferResult(response: response, error: failure, timing: timing) }
        if code.rawValue == 0 {
            // libcurl 7.88.1 calls an end of connection inside the head a success.
            if response != nil, !isHeadComplete {
                return TransferResult(
                    error: FetchError(.truncated, "the connection was closed inside the header", curlCode: 18))
            }
            guard let response else {
                return TransferResult(error: FetchError(.emptyReply, "no answer", curlCode: 52))
            }
            return TransferResult(response: response, error: hasOddLength ? HeadCheck.failure(of: response) : nil)
        }
        return TransferResult(response: response, error: error(code), timing: timing)
    }

    private func error(_ code: CurlCode) -> FetchError {
        var kind = code.kind
        let text = easy.errorText
        if code.rawValue == Int32(CURLE_OPERATION_TIMEDOUT.rawValue) {
            kind = CurlCode.timeoutKind(
                timing: timing, isSecure: isSecure, isReused: connects == 0, connectTimeout: connectTimeout,
                maxTime: limits.maxTime)
        } else if code.rawValue == Int32(CURLE_UNSUPPORTED_PROTOCOL.rawValue) || code.kind == .io {
            // libcurl calls a field of more than 100 KB "Out of memory".
            if code.rawValue == Int32(CURLE_OUT_OF_MEMORY.rawValue), !isHeadComplete {
                return FetchError(.tooLarge, "a field of the header is too large", curlCode: code.rawValue)
            }
            // Where our callback refuses bytes, `failure` says why: what is left is the decoder, which met bytes behind
            // the end of the compressed data.
            if code.rawValue == Int32(CURLE_WRITE_ERROR.rawValue) {
                return FetchError(.undecodable, "there are bytes behind the compressed body", curlCode: code.rawValue)
            }
            // The URL was checked before: what libcurl calls an unsupported protocol is an answer that is not HTTP.
            kind = .protocolError
        } else if kind == .connectionRefused, ccurl_get_long(easy.pointer, CURLINFO_OS_ERRNO) == Int(ECONNRESET) {
            // It was accepted and reset before libcurl had looked.
            kind = .connectionReset
        } else if kind == .emptyReply, headSize > 0 {
            return FetchError(.protocolError, "an interim answer only", curlCode: code.rawValue)
        } else if kind == .connectionReset, text.hasSuffix("chunked-encoding") {
            // libcurl has one code for a connection that broke and for a chunk that cannot be read.
            kind = .protocolError
        }
        return FetchError(kind, text.isEmpty ? code.text : text, curlCode: code.rawValue)
    }

    private var connects: Int { Int(ccurl_get_long(easy.pointer, CURLINFO_NUM_CONNECTS)) }

    private var timing: Timing {
        func time(_ info: CURLINFO) -> Duration { .microseconds(ccurl_get_offset(easy.pointer, info)) }
        var timing = Timing()
        timing.nameLookup = time(CURLINFO_NAMELOOKUP_TIME_T)
        timing.connect = time(CURLINFO_CONNECT_TIME_T)
        timing.appConnect = time(CURLINFO_APPCONNECT_TIME_T)
        timing.startTransfer = time(CURLINFO_STARTTRANSFER_TIME_T)
        timing.total = time(CURLINFO_TOTAL_TIME_T)
        return timing
    }

    private func makeResponse() -> Response? {
        let status = status
        guard status > 0 else { return nil }
        let body: Response.Body =
            switch sink {
            case .discard: .discarded
            case .memory: .bytes(self.body)
            case .file: .file
            case .kept(let limit, let file): size <= limit ? .bytes(self.body) : file == nil ? .discarded : .file
            }
        return Response(
            status: status, httpVersion: httpVersion, headers: HeaderFields(lines: head), body: body, size: size,
            connects: connects,
            remoteIP: ccurl_get_string(easy.pointer, CURLINFO_PRIMARY_IP).map { String(cString: $0) } ?? "",
            remotePort: Int(ccurl_get_long(easy.pointer, CURLINFO_PRIMARY_PORT)), timing: timing)
    }

    private var httpVersion: String {
        switch ccurl_get_long(easy.pointer, CURLINFO_HTTP_VERSION) {
        case Int(CURL_HTTP_VERSION_1_0): "1.0"
        case Int(CURL_HTTP_VERSION_1_1): "1.1"
        case Int(CURL_HTTP_VERSION_2_0): "2"
        case Int(CURL_HTTP_VERSION_3): "3"
        default: "0"
        }
    }
}

extension Transfer {
    /// Answers whoever waits, once.
    func complete(_ result: TransferResult) {
        let completion = completion
        self.completion = nil
        completion?(result)
    }
}
