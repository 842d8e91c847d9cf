import FetchHTTP
import FetchSystem
import CCurl

/// One `CURL *`, configured once and reused: a new handle for each request takes 18 % more instructions
/// (docs/benchmarks.md). Only options that differ from the last request are set again.
///
/// Not Sendable: it belongs to the loop's thread.
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    let options: NetworkOptions
    private var resolve: StringList?
    /// The lists of what few runs change.
    private(set) var details: [StringList] = []
    /// What is set for the host of the last request.
    var route = AppliedRoute()
    /// The program's own headers and the user's, if there are any; otherwise the loop's ``ownFields``.
    private var headers: StringList?
    private let ownFields: StringList
    private let share: UnsafeMutableRawPointer?
    private var appliedHeaders = HeaderFields()
    /// Whether libcurl may keep the host of an earlier request's own `Host` for its cookies.
    var hasCookieHost = false
    /// The value of Cookie in the last request, which libcurl joins with the cookies that it keeps.
    var appliedCookie: [UInt8] = []
    private var appliedMethod = "GET"
    private var hasBody = false
    /// Whether the method is one whose request has a body, and it has none, which must be said (RFC 9110 §8.6). libcurl does
    /// not: it takes the method for another name of GET.
    private var lacksBody = false
    private var appliedLack = false
    /// Whether a small body is read while it is sent: libcurl would wait up to a second for permission to send it,
    /// which 7.88.1 asks for a body of any size.
    private var sendsImmediately = false
    private var appliedImmediately = false
    private var appliedMaxTime: Duration?
    private var isSecure: Bool?
    private var forbidsReuse = false
    private var demandsNewConnection = false
    /// Whether libcurl also passes the lines of a head to the write callback, before it stores them.
    private(set) var previewsHead = false
    private var target: RequestTarget?
    /// Whether a server, or a proxy, may ask for a request again before it answers it.
    let awaitsChallenges: Bool
    /// The credentials that libcurl answers challenges with, and whose they are.
    var authentication = ChallengedCredentials()
    /// Selects the proxy of a URL where it must be known; nil to leave it to libcurl.
    private let proxies: ProxyChoice?
    /// Whether the proxy is selected for each URL.
    var selectsProxy: Bool { proxies != nil }
    /// Whether the addresses of connections are checked, except those of a proxy, which the user chose.
    private(set) var checksAddress: Bool
    /// libcurl writes its error text here; the address must not change while the handle lives.
    private let errorBuffer: UnsafeMutablePointer<CChar>

    /// Makes and configures a handle; nil when memory is exhausted.
    ///
    /// - Parameter ownFields: The lines of ``ownLines(_:besides:)`` in one list for all handles, which outlives them.
    init?(options: NetworkOptions, share: UnsafeMutableRawPointer?, ownFields: StringList) {
        guard let pointer = ccurl_easy_init() else { return nil }
        self.pointer = pointer
        self.options = options
        self.ownFields = ownFields
        self.share = share
        proxies =
            options.blocksPrivateAddresses && options.proxy != ""
            ? ProxyChoice(
                proxy: options.proxy, noProxy: options.details?.noProxy, environment: SystemEnvironment.value) : nil
        checksAddress = options.checksAddresses
        awaitsChallenges = options.details?.awaitsChallenges == true
        errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        // A proxy needs the whole URL as the target; the cookie engine and Digest read the path from it.
        let isFree =
            options.proxy == "" && options.hosts?.proxies.isEmpty != false && !options.usesCookies
            && options.details?.fixesTarget != true && !awaitsChallenges
        target = isFree ? RequestTarget(easy: pointer) : nil
        ccurl_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorBuffer)
        configure(share: share)
    }

    /// Another handle with the same options; nil when memory is exhausted.
    func renewed() -> EasyHandle? { EasyHandle(options: options, share: share, ownFields: ownFields) }

    /// Frees everything. The handle must have been removed from its multi handle.
    func free() {
        ccurl_easy_cleanup(pointer)
        headers?.free()
        resolve?.free()
        for list in details { list.free() }
        errorBuffer.deallocate()
    }

    /// libcurl's text of the last failure, without a trailing line break and without the password of a proxy.
    var errorText: String {
        var text = String(cString: errorBuffer)
        while text.last?.isNewline == true { text.removeLast() }
        return PrintableURL.hidingCredentials(in: text)
    }

    /// Forgets the text of a failure, before the same request starts again.
    func clearError() { errorBuffer[0] = 0 }

    /// Makes libcurl close the connection when this transfer ends. libcurl reads the option only at the end, so a
    /// callback may set it.
    func forbidReuse() {
        set(CURLOPT_FORBID_REUSE, 1)
        forbidsReuse = true
    }

    /// Makes libcurl open a connection for the request, whatever is idle.
    func demandNewConnection() {
        set(CURLOPT_FRESH_CONNECT, 1)
        demandsNewConnection = true
    }

    /// Makes libcurl pass each line of a head to the write callback before it stores it, or stop doing so. libcurl
    /// reads the option for each line, so a callback may set it.
    func previewHead(_ previews: Bool) {
        guard previews != previewsHead else { return }
        set(CURLOPT_HEADER, previews ? 1 : 0)
        previewsHead = previews
    }

    /// Sets the options of one request, whose origin the loop knows.
    ///
    /// - Parameter upload: The open files of the request's body, if it has any.
    func prepare(_ request: Request, of origin: KnownOrigin, maxTime: Duration?, upload: UploadStream? = nil) {
        errorBuffer[0] = 0
        if forbidsReuse {
            set(CURLOPT_FORBID_REUSE, 0)
            forbidsReuse = false
        }
        if demandsNewConnection {
            set(CURLOPT_FRESH_CONNECT, 0)
            demandsNewConnection = false
        }
        if CurlFaults.present.writesThroughFreedField { previewHead(true) }
        if let hosts = options.hosts, let own = setRoute(of: request.url, hosts) {
            checksAddress = options.checksAddresses && own.isEmpty
        } else if let proxies {
            let proxy = proxies.proxy(for: request.url)
            checksAddress = proxy.isEmpty
            ByteText.withCString(proxy) { _ = ccurl_set_string(pointer, CURLOPT_PROXY, $0) }
        } else if options.hosts != nil {
            checksAddress = options.checksAddresses
        }
        setURL(request.url, of: origin)
        setSecurity(request.url.scheme == .https)
        if request.method != appliedMethod || hasBody || request.hasBody {
            setMethod(request.method, body: request.body, upload)
        }
        var fields = options.usesCookies ? fieldsBesideCookies(of: request) : request.headers
        if awaitsChallenges { takeCredentials(from: &fields, for: request.url) }
        if fields != appliedHeaders || lacksBody != appliedLack || sendsImmediately != appliedImmediately {
            setHeaders(fields)
        }
        if maxTime != appliedMaxTime { setMaxTime(maxTime) }
    }

    /// Sets the options that are the same for every request of the run.
    private func configure(share: UnsafeMutableRawPointer?) {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_NOPROGRESS, 1)
        // Otherwise giving up a name waits for the thread that resolves it, and the whole loop waits with it.
        set(CURLOPT_QUICK_EXIT, 1)
        // The scheme is checked in Swift on every hop; this is a second check.
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
        // The transfer decodes bodies itself, because libcurl reports a cut one as complete (``BodyDecoder``).
        set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        // An empty proxy saves libcurl the lookup of eight environment variables for each request.
        if proxies != nil {
            // The proxy was selected for each URL; libcurl must not select another.
            set(CURLOPT_NOPROXY, "")
        } else if let proxy = options.proxy {
            set(CURLOPT_PROXY, proxy)
            // It also saves the lookup of two variables with exceptions.
            if proxy.isEmpty { set(CURLOPT_NOPROXY, "*") }
        }
        if !options.verifiesTLS {
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let file = options.caFile { set(CURLOPT_CAINFO, file) }
        if let directory = options.caDirectory {
            set(CURLOPT_CAPATH, directory)
            // As in curl: https://github.com/curl/curl/pull/1257
            set(CURLOPT_PROXY_CAPATH, directory)
        }
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
        if let some = options.details { details = configure(some) }
    }

    private func setURL(_ url: FetchURL, of origin: KnownOrigin) {
        if target?.set(url, of: origin) == true { return }
        ccurl_set_string(pointer, CURLOPT_URL, url.requestString)
    }

    /// Over TLS a request waits for a connection that may turn out to be HTTP/2 instead of opening its own.
    private func setSecurity(_ isSecure: Bool) {
        guard isSecure != self.isSecure else { return }
        self.isSecure = isSecure
        let http1 = !isSecure || options.usesHTTP1
        let details = options.details
        let oldest = details?.usesHTTP10 == true ? CURL_HTTP_VERSION_1_0 : CURL_HTTP_VERSION_1_1
        set(CURLOPT_HTTP_VERSION, Int(http1 ? oldest : CURL_HTTP_VERSION_2TLS))
        set(CURLOPT_PIPEWAIT, http1 || details?.opensImmediately == true ? 0 : 1)
    }

    /// The lines of the program's own headers, except those that the user gives. They are in the list of the user's
    /// headers, because libcurl prints CURLOPT_USERAGENT and CURLOPT_ACCEPT_ENCODING into strings of their own before
    /// it prints the head, at 100 instructions per byte each time.
    static func ownLines(_ options: NetworkOptions, besides fields: HeaderFields = HeaderFields()) -> [String] {
        var lines: [String] = []
        if !options.userAgent.isEmpty, !fields.decides("user-agent") {
            lines.append("User-Agent: \(options.userAgent)")
        }
        if options.acceptsCompression, !fields.decides("accept-encoding") {
            lines.append("Accept-Encoding: \(BodyDecoder.acceptEncoding)")
        }
        return lines
    }

    private func setHeaders(_ fields: HeaderFields) {
        var list: StringList?
        if !fields.isEmpty || lacksBody || sendsImmediately {
            var lines = Self.ownLines(options, besides: fields)
            if lacksBody, !fields.decides("content-length"), !fields.contains("transfer-encoding") {
                lines.append("Content-Length: 0")
            }
            // So that libcurl adds none of its own either. It knows `Host:` in this spelling only (7.88.1).
            let expect = sendsImmediately && !fields.decides("expect") ? ["Expect"] : []
            let absent = (fields.leftOut + expect).map { Array(($0.lowercased() == "host" ? "Host:" : $0 + ":").utf8) }
            list = StringList(lines: lines.map { Array($0.utf8) } + fields.requestLines + absent)
        }
        ccurl_set_pointer(pointer, CURLOPT_HTTPHEADER, list.map(\.head) ?? ownFields.head)
        headers?.free()
        headers = list
        appliedHeaders = fields
        appliedLack = lacksBody
        appliedImmediately = sendsImmediately
    }

    private func setMethod(_ method: String, body: [UInt8]?, _ upload: UploadStream?) {
        ccurl_set_pointer(pointer, CURLOPT_CUSTOMREQUEST, nil)
        ccurl_set_pointer(pointer, CURLOPT_COPYPOSTFIELDS, nil)
        set(CURLOPT_NOBODY, 0)
        set(CURLOPT_HTTPGET, 1)
        if let upload {
            setUpload(upload, method: method)
        } else if let body {
            ccurl_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            body.withUnsafeBytes { bytes in
                // An empty array has no address, and libcurl takes NULL for "read the body from a callback".
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
        sendsImmediately = upload.map { $0.size <= UploadBody.immediateSize } ?? false
        hasBody = body != nil || upload != nil
        lacksBody = !hasBody && ["POST", "PUT", "PATCH"].contains(method)
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
