import FetchHTTP

@testable import FetchRecords

/// Outcomes for tests of the formats.
enum Samples {
    static func input(_ text: String = "http://example.org/", index: Int = 0, id: String? = nil) -> Input {
        let request = FetchURL(text).map { Result<Request, FetchError>.success(Request($0)) }
        return Input(
            index: index, id: id, text: text,
            request: request ?? .failure(FetchError(.invalidURL, "not a URL", curlCode: .urlMalformat)))
    }

    /// A URL that is one.
    static func url(_ text: String = "http://a.test/") -> FetchURL {
        guard let url = FetchURL(text) else { preconditionFailure("\(text) is no URL") }
        return url
    }

    static var timing: Timing {
        var timing = Timing()
        timing.nameLookup = .microseconds(12)
        timing.connect = .microseconds(345)
        timing.appConnect = .zero
        timing.startTransfer = .microseconds(101_000)
        timing.total = .microseconds(102_400)
        return timing
    }

    static func response(
        _ status: Int = 200, contentType: String? = "text/html", body: Response.Body = .discarded, size: Int = 1256
    ) -> Response {
        var headers = HeaderFields([("Server", "demo"), ("Set-Cookie", "a=1"), ("set-cookie", "b=2")])
        if let contentType { headers.append("Content-Type", contentType) }
        return Response(
            status: status, httpVersion: "2", headers: headers, body: body, size: size, connects: 1,
            remoteIP: "127.0.0.1", remotePort: 8080, timing: timing)
    }

    /// A success with every field known.
    static func ok(_ text: String = "http://example.org/", index: Int = 0, response: Response? = nil) -> Outcome {
        Outcome(
            input: input(text, index: index, id: "a"), effectiveURL: FetchURL(text),
            response: response ?? Samples.response(), redirects: 1, retries: 2, startedAt: 1_767_225_600_000,
            wait: .milliseconds(1500), fileName: "a.html")
    }

    /// A failure without any answer.
    static func failed(_ error: FetchError = FetchError(.timedOut, "no answer", curlCode: .operationTimedOut))
        -> Outcome
    {
        Outcome(input: input(), error: error)
    }

    /// What a formatter gives for some outcomes.
    static func document(_ formatter: some Formatter, _ outcomes: [Outcome]) -> String {
        var formatter = formatter
        var out: [UInt8] = []
        formatter.begin(into: &out)
        for outcome in outcomes { formatter.append(outcome, into: &out) }
        formatter.end(into: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// The record of an outcome.
    static func record(_ outcome: Outcome, body: Bool = false, headers: Bool = false) -> String {
        var writer = JSONRecordWriter(options: RecordOptions(body: body, headers: headers))
        var out: [UInt8] = []
        writer.append(outcome, into: &out)
        return String(decoding: out, as: UTF8.self)
    }
}
