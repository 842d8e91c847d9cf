import CCurl

/// One `CURL *`, configured once and reused: a fresh handle for each request costs 18 % more instructions
/// (docs/benchmarks.md). Only what differs from the last request is set again.
///
/// Not Sendable: it belongs to the loop's thread.
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    let options: NetworkOptions
    private var resolve: StringList?
    /// The program's own fields and the user's, where there are any; otherwise the loop's ``ownFields``.
    private var headers: StringList?
    private let ownFields: StringList
    private var appliedHeaders = HeaderFields()
    private var appliedMethod = "GET"
    private var hasBody = false
    private var appliedMaxTime: Duration?
    private var isSecure: Bool?
    private var forbidsReuse = false
    /// Whether libcurl hands the lines of a header to the write callback too, before it stores them.
    private(set) var previewsHead = false
    private var target: RequestTarget?
    /// Which proxy a URL goes through, where that must be known; nil to leave it to libcurl.
    private let proxies: ProxyChoice?
    /// Whether the addresses of connections are looked at: not those to a proxy, which the user vouches for.
    private(set) var checksAddress: Bool
    /// libcurl writes the text of an error here; it must stay at one address while the handle lives.
    private let errorBuffer: UnsafeMutablePointer<CChar>

    /// Makes and configures a handle; nil when memory is short.
    ///
    /// - Parameter ownFields: What ``ownLines(_:besides:)`` gives, in one list for all handles, which outlives them.
    init?(options: NetworkOptions, share: UnsafeMutableRawPointer?, ownFields: StringList) {
        guard let pointer = ccurl_easy_init() else { return nil }
        self.pointer = pointer
        self.options = options
        self.ownFields = ownFields
        proxies =
            options.blocksPrivateAddresses && options.proxy != ""
            ? ProxyChoice(proxy: options.proxy, environment: SystemEnvironment.value) : nil
        checksAddress = options.checksAddresses
        errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        // A proxy wants the whole URL as the target, and the cookie engine reads the path from it.
        target = options.proxy == "" && !options.usesCookies ? RequestTarget(easy: pointer) : nil
        ccurl_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorBuffer)
        configure(share: share)
    }

    /// Frees everything. The handle must be out of its multi handle.
    func free() {
        ccurl_easy_cleanup(pointer)
        headers?.free()
        resolve?.free()
        errorBuffer.deallocate()
    }

    /// What libcurl said of the last failure, without the line break it sometimes ends with and without the password
    /// of a proxy that it cannot use.
    var errorText: String {
        var text = String(cString: errorBuffer)
        while text.last?.isNewline == true { text.removeLast() }
        return PrintableURL.hidingCredentials(in: text)
    }

    /// Has libcurl close the connection when this transfer ends. It reads this at the end only, so that a callback may
    /// say it.
    func forbidReuse() {
        set(CURLOPT_FORBID_REUSE, 1)
        forbidsReuse = true
    }

    /// Has libcurl hand each line of a header to the write callback before it stores it, or not any more. It looks at
    /// this for each line, so that a callback may say it.
    func previewHead(_ previews: Bool) {
        guard previews != previewsHead else { return }
        set(CURLOPT_HEADER, previews ? 1 : 0)
        previewsHead = previews
    }

    /// Sets what belongs to one request, whose origin the loop knows.
    func prepare(_ request: Request, of origin: KnownOrigin, maxTime: Duration?) {
        errorBuffer[0] = 0
        if forbidsReuse {
            set(CURLOPT_FORBID_REUSE, 0)
            forbidsReuse = false
        }
        if CurlFaults.present.writesThroughFreedField { previewHead(true) }
        if let proxies {
            let proxy = proxies.proxy(for: request.url)
            checksAddress = proxy.isEmpty
            set(CURLOPT_PROXY, proxy)
        }
        setURL(request.url, of: origin)
        setSecurity(request.url.scheme == .https)
        if request.headers != appliedHeaders { setHeaders(request.headers) }
        if request.method != appliedMethod || hasBody || request.body != nil {
            setMethod(request.method, body: request.body)
        }
        if maxTime != appliedMaxTime { setMaxTime(maxTime) }
    }

    /// Options that hold for every request of the run.
    private func configure(share: UnsafeMutableRawPointer?) {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_NOPROGRESS, 1)
        // Otherwise giving up a name waits for the thread that resolves it, and the whole loop with it.
        set(CURLOPT_QUICK_EXIT, 1)
        // The scheme is checked in Swift on every hop; this is the second lock on the same door.
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_BUFFERSIZE, options.receiveBufferSize)
        set(CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeout.milliseconds)
        if options.speedLimit > 0 {
            set(CURLOPT_LOW_SPEED_LIMIT, options.speedLimit)
            set(CURLOPT_LOW_SPEED_TIME, max(1, options.speedTime.milliseconds / 1000))
        }
        ccurl_set_pointer(pointer, CURLOPT_HTTPHEADER, ownFields.head)
        // The transfer unpacks bodies itself: libcurl takes one that is cut for a whole one (``BodyDecoder``).
        set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        // An empty proxy spares libcurl the look into eight environment variables for each request.
        if proxies != nil {
            // The choice was made for each URL; nothing may make another.
            set(CURLOPT_NOPROXY, "")
        } else if let proxy = options.proxy {
            set(CURLOPT_PROXY, proxy)
            // Nor then into two more for what goes past it.
            if proxy.isEmpty { set(CURLOPT_NOPROXY, "*") }
        }
        if !options.verifiesTLS {
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let file = options.caFile { set(CURLOPT_CAINFO, file) }
        if let file = options.certificateFile { set(CURLOPT_SSLCERT, file) }
        if let file = options.keyFile { set(CURLOPT_SSLKEY, file) }
        if !options.resolve.isEmpty {
            let list = StringList(options.resolve)
            ccurl_set_pointer(pointer, CURLOPT_RESOLVE, list.head)
            resolve = list
        }
        switch options.ipVersion {
        case .any: break
        case .v4: set(CURLOPT_IPRESOLVE, Int(CURL_IPRESOLVE_V4))
        case .v6: set(CURLOPT_IPRESOLVE, Int(CURL_IPRESOLVE_V6))
        }
        if let share { ccurl_set_pointer(pointer, CURLOPT_SHARE, share) }
        if options.usesCookies { set(CURLOPT_COOKIEFILE, "") }
    }

    private func setURL(_ url: FetchURL, of origin: KnownOrigin) {
        if target?.set(url, of: origin) == true { return }
        ccurl_set_string(pointer, CURLOPT_URL, url.requestString)
    }

    /// Over TLS a request waits for a connection that may turn out to be HTTP/2 rather than open its own.
    private func setSecurity(_ isSecure: Bool) {
        guard isSecure != self.isSecure else { return }
        self.isSecure = isSecure
        let http1 = !isSecure || options.httpVersion == .http1
        set(CURLOPT_HTTP_VERSION, Int(http1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS))
        set(CURLOPT_PIPEWAIT, http1 ? 0 : 1)
    }

    /// The lines of the program's own fields, but for those that the user gives. They stand in the list of the user's: by
    /// CURLOPT_USERAGENT and CURLOPT_ACCEPT_ENCODING libcurl prints them into a string of their own before it prints the
    /// head, 100 instructions a byte each time.
    static func ownLines(_ options: NetworkOptions, besides fields: HeaderFields = HeaderFields()) -> [String] {
        var lines: [String] = []
        if !options.userAgent.isEmpty, !fields.contains("user-agent") {
            lines.append("User-Agent: \(options.userAgent)")
        }
        if options.acceptsCompression, !fields.contains("accept-encoding") {
            lines.append("Accept-Encoding: \(BodyDecoder.acceptEncoding)")
        }
        return lines
    }

    private func setHeaders(_ fields: HeaderFields) {
        var list: StringList?
        if !fields.isEmpty {
            let lines = fields.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
            list = StringList(Self.ownLines(options, besides: fields) + lines)
        }
        ccurl_set_pointer(pointer, CURLOPT_HTTPHEADER, list.map(\.head) ?? ownFields.head)
        headers?.free()
        headers = list
        appliedHeaders = fields
    }

    private func setMethod(_ method: String, body: [UInt8]?) {
        ccurl_set_pointer(pointer, CURLOPT_CUSTOMREQUEST, nil)
        ccurl_set_pointer(pointer, CURLOPT_COPYPOSTFIELDS, nil)
        set(CURLOPT_NOBODY, 0)
        set(CURLOPT_HTTPGET, 1)
        if let body {
            ccurl_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            body.withUnsafeBytes { bytes in
                // An empty array has no address, but libcurl takes NULL for "read the body from a callback".
                if let base = bytes.baseAddress, !body.isEmpty {
                    _ = ccurl_set_pointer(pointer, CURLOPT_COPYPOSTFIELDS, base)
                } else {
                    _ = ccurl_set_string(pointer, CURLOPT_COPYPOSTFIELDS, "")
                }
            }
            set(CURLOPT_POST, 1)
            if method != "POST" { set(CURLOPT_CUSTOMREQUEST, method) }
        } else if method == "HEAD" {
            set(CURLOPT_NOBODY, 1)
        } else if method != "GET" {
            set(CURLOPT_CUSTOMREQUEST, method)
        }
        appliedMethod = method
        hasBody = body != nil
    }

    private func setMaxTime(_ maxTime: Duration?) {
        set(CURLOPT_TIMEOUT_MS, maxTime?.milliseconds ?? 0)
        appliedMaxTime = maxTime
    }

    private func set(_ option: CURLoption, _ value: Int) {
        ccurl_set_long(pointer, option, value)
    }

    private func set(_ option: CURLoption, _ value: String) {
        ccurl_set_string(pointer, option, value)
    }
}
