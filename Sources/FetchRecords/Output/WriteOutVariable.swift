import FetchHTTP
import FetchSystem

/// The variables of ``WriteOut``, with curl's names where curl has the value.
enum WriteOutVariable: String, CaseIterable, Sendable {
    case httpCode = "http_code"
    case responseCode = "response_code"
    case url
    case urlEffective = "url_effective"
    case urlNumber = "urlnum"
    case id
    case method
    case scheme
    case httpVersion = "http_version"
    case contentType = "content_type"
    case sizeDownload = "size_download"
    case speedDownload = "speed_download"
    case timeNameLookup = "time_namelookup"
    case timeConnect = "time_connect"
    case timeAppConnect = "time_appconnect"
    case timeStartTransfer = "time_starttransfer"
    case timeTotal = "time_total"
    case timeWait = "time_wait"
    case numRedirects = "num_redirects"
    case numRetries = "num_retries"
    case numConnects = "num_connects"
    case remoteIP = "remote_ip"
    case remotePort = "remote_port"
    case errorMessage = "errormsg"
    case exitCode = "exitcode"
    case fileName = "filename_effective"
    case json
    case headerJSON = "header_json"
    case onError = "onerror"
    case stdout

    /// Appends the variable's value for an outcome. An unknown value is written as in curl: `000`, 0 or nothing.
    func append(_ outcome: Outcome, records: inout JSONRecordWriter, into out: inout [UInt8]) {
        let response = outcome.response
        let timing = outcome.timing ?? response?.timing ?? Timing()
        switch self {
        case .httpCode, .responseCode: Self.append(status: response?.status ?? 0, into: &out)
        case .url: Self.append(PrintableURL.text(of: outcome.input), into: &out)
        case .urlEffective: Self.append(outcome.effectiveURL?.redacted, into: &out)
        case .urlNumber: JSONWriter.integer(outcome.input.index, into: &out)
        case .id: Self.append(outcome.input.id, into: &out)
        case .method: Self.append(outcome.method, into: &out)
        case .scheme: Self.append(outcome.scheme?.rawValue, into: &out)
        case .httpVersion: Self.append((response?.httpVersion).nonEmpty ?? "0", into: &out)
        case .contentType: Self.append(response?.headers.contentType, into: &out)
        case .sizeDownload: JSONWriter.integer(response?.size ?? 0, into: &out)
        case .speedDownload: JSONWriter.integer(Self.speed(response?.size ?? 0, timing.total), into: &out)
        case .timeNameLookup: JSONWriter.paddedSeconds(timing.nameLookup, into: &out)
        case .timeConnect: JSONWriter.paddedSeconds(timing.connect, into: &out)
        case .timeAppConnect: JSONWriter.paddedSeconds(timing.appConnect, into: &out)
        case .timeStartTransfer: JSONWriter.paddedSeconds(timing.startTransfer, into: &out)
        case .timeTotal: JSONWriter.paddedSeconds(timing.total, into: &out)
        case .timeWait: JSONWriter.paddedSeconds(outcome.wait, into: &out)
        case .numRedirects: JSONWriter.integer(outcome.redirects, into: &out)
        case .numRetries: JSONWriter.integer(outcome.retries, into: &out)
        case .numConnects: JSONWriter.integer(response?.connects ?? 0, into: &out)
        case .remoteIP: Self.append(response?.remoteIP, into: &out)
        case .remotePort: JSONWriter.integer(response?.remotePort ?? 0, into: &out)
        case .errorMessage: Self.append(outcome.error?.message, into: &out)
        // An error without a curl code must not look like success, nor like one of curl's errors.
        case .exitCode: JSONWriter.integer(outcome.error.map { $0.curlCode?.rawValue ?? -1 } ?? 0, into: &out)
        case .fileName: Self.append(outcome.fileName, into: &out)
        case .json: records.append(outcome, into: &out)
        case .headerJSON: JSONRecordWriter.append(response?.headers ?? HeaderFields(), into: &out)
        case .onError, .stdout: break
        }
    }

    /// Appends text from outside with the controls of terminals escaped.
    static func append(_ text: String?, into out: inout [UInt8]) {
        if let text { out.append(contentsOf: TerminalText.escaped(text).utf8) }
    }

    private static func append(status: Int, into out: inout [UInt8]) {
        if status < 100 { out.append(UInt8(ascii: "0")) }
        if status < 10 { out.append(UInt8(ascii: "0")) }
        JSONWriter.integer(status, into: &out)
    }

    /// `size_download` over `time_total`, as in curl.
    private static func speed(_ size: Int, _ total: Duration) -> Int {
        let seconds = Double(total.microseconds) / 1_000_000
        guard seconds > 0 else { return 0 }
        return Int(exactly: (Double(size) / seconds).rounded(.down)) ?? .max
    }
}

extension Outcome {
    /// The scheme of the last hop, or of the request that was not sent.
    fileprivate var scheme: FetchURL.Scheme? {
        if let effectiveURL { return effectiveURL.scheme }
        if case .success(let request) = input.request { return request.url.scheme }
        return nil
    }
}
