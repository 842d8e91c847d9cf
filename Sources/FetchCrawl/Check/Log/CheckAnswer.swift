import FetchHTML
import FetchHTTP
import FetchSystem

/// The answer for a URL as a line of a log: what a verdict and a record need, without body and fields.
struct CheckAnswer: Sendable {
    let url: String
    let method: String
    let outcome: Outcome

    /// Reads a line; nil if it is another one.
    init?(_ members: [(key: String, value: JSONValue)]) {
        let fields = LogFields(members)
        guard let url = fields.text("url"), let method = fields.text("method"), let target = FetchURL(url) else {
            return nil
        }
        self.url = url
        self.method = method
        let input = Input(index: 0, text: url, request: .success(Request(target, method: method)))
        var outcome = Outcome(
            input: input, effectiveURL: fields.text("effective").flatMap { FetchURL($0) },
            retries: fields.integer("retries") ?? 0, startedAt: fields.integer("started").map { Int64($0) },
            wait: .microseconds(fields.integer("wait") ?? 0))
        var timing = Timing()
        let times = fields.integers("times")
        if times.count == 5 {
            timing.microseconds.nameLookup = Int64(times[0])
            timing.microseconds.connect = Int64(times[1])
            timing.microseconds.appConnect = Int64(times[2])
            timing.microseconds.startTransfer = Int64(times[3])
            timing.microseconds.total = Int64(times[4])
            outcome.timing = timing
        }
        if let status = fields.integer("status") {
            var headers = HeaderFields()
            for (name, key) in [("Content-Type", "type"), ("Location", "location")] {
                if let value = fields.text(key) { headers.append(name, value) }
            }
            outcome.response = Response(
                status: status, httpVersion: fields.text("version") ?? "", headers: headers, body: .bytes([]),
                size: fields.integer("size") ?? 0, connects: fields.integer("connects") ?? 0,
                remoteIP: fields.text("ip") ?? "", remotePort: fields.integer("port") ?? 0, timing: timing)
        }
        if let kind = fields.text("error").flatMap(FetchError.Kind.init(rawValue:)) {
            outcome.error = FetchError(
                kind, fields.text("message") ?? "",
                curlCode: fields.integer("curl").map { CurlCode(rawValue: Int32(truncatingIfNeeded: $0)) })
        }
        self.outcome = outcome
    }

    /// The line of an outcome.
    static func line(_ outcome: Outcome, method: CheckMethod) -> [UInt8] {
        var members: [(key: String, value: JSONValue)] = [
            ("url", .string(outcome.input.text)), ("method", .string(method.name)),
        ]
        func add(_ key: String, _ value: Int?) { if let value { members.append((key, .number("\(value)"))) } }
        func add(_ key: String, _ value: String?) { if let value { members.append((key, .string(value))) } }
        add("effective", outcome.effectiveURL?.withoutCredentials.href)
        add("retries", outcome.retries)
        add("started", outcome.startedAt.map { Int($0) })
        add("wait", Int(outcome.wait.microseconds))
        if let times = outcome.timing?.microseconds {
            let all = [times.nameLookup, times.connect, times.appConnect, times.startTransfer, times.total]
            members.append(("times", .array(all.map { .number("\($0)") })))
        }
        if let response = outcome.response {
            add("status", response.status)
            add("version", response.httpVersion)
            add("type", response.headers.contentType)
            add("location", response.headers.reference("location"))
            add("size", response.size)
            add("connects", response.connects)
            add("ip", response.remoteIP)
            add("port", response.remotePort)
        }
        if let error = outcome.error {
            add("error", error.kind.rawValue)
            add("message", error.message)
            add("curl", (error.curlCode?.rawValue).map { Int($0) })
        }
        var bytes: [UInt8] = []
        JSONValue.object(members).append(to: &bytes)
        return bytes
    }
}

/// The links and anchors of a page as a line of a log.
enum CheckScanLine {
    /// Reads a line; nil if it is another one.
    static func read(_ members: [(key: String, value: JSONValue)]) -> (url: String, scan: DocumentScan)? {
        let fields = LogFields(members)
        guard let url = fields.text("page"), case .array(let links)? = fields["links"] else { return nil }
        var scan = DocumentScan()
        scan.base = fields.text("base")
        if case .array(let anchors)? = fields["anchors"] {
            for case .string(let anchor) in anchors { scan.anchors.insert(anchor) }
        }
        for case .array(let parts) in links {
            guard parts.count == 5, case .string(let target) = parts[0], case .number(let line) = parts[1],
                case .number(let column) = parts[2], case .string(let text) = parts[3],
                case .bool(let isPage) = parts[4]
            else { return nil }
            scan.links.append(
                DocumentLink(
                    target: target, line: Int(line) ?? 1, column: Int(column) ?? 1, text: text, isPage: isPage))
        }
        return (url, scan)
    }

    /// The line of a page.
    static func line(_ url: String, _ document: ReadDocument) -> [UInt8] {
        let links = document.links.map { found in
            let link = found.link
            return JSONValue.array([
                .string(link.target), .number("\(link.line)"), .number("\(link.column)"), .string(link.text),
                .bool(link.isPage),
            ])
        }
        var members: [(key: String, value: JSONValue)] = [("page", .string(url)), ("links", .array(links))]
        members.append(("anchors", .array(document.anchors.sorted().map { .string($0) })))
        if let base = document.base { members.append(("base", .string(base))) }
        var bytes: [UInt8] = []
        JSONValue.object(members).append(to: &bytes)
        return bytes
    }
}

/// The members of a line by name.
struct LogFields {
    private let members: [(key: String, value: JSONValue)]

    init(_ members: [(key: String, value: JSONValue)]) { self.members = members }

    subscript(key: String) -> JSONValue? { members.first { $0.key == key }?.value }

    func text(_ key: String) -> String? { if case .string(let text)? = self[key] { text } else { nil } }

    func integer(_ key: String) -> Int? { if case .number(let text)? = self[key] { Int(text) } else { nil } }

    func integers(_ key: String) -> [Int] {
        guard case .array(let values)? = self[key] else { return [] }
        return values.compactMap { value in if case .number(let text) = value { Int(text) } else { nil } }
    }
}
