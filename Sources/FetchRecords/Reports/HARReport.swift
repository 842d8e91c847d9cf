import FetchHTTP
import FetchSystem

/// The requests of a run as an HTTP archive (HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/): an entry for each
/// record whose request was sent. Values of secret fields are `***`, and there are no cookies.
struct HARReport {
    let report: RunReport
    let head: ReportHead

    /// The document.
    var bytes: [UInt8] {
        let rows = report.rows.filter { $0.startedAt != nil }.sorted { $0.startedAt ?? 0 < $1.startedAt ?? 0 }
        let unsent = report.rows.count - rows.count
        var json = ReportJSON()
        json.object { json in
            json.object("log") { json in
                json.text("version", "1.2")
                json.object("creator") { json in
                    json.text("name", "fetchall")
                    json.text("version", head.version)
                }
                json.array("pages") { _ in }
                json.array("entries") { json in
                    for row in rows {
                        json.lineBreak()
                        entry(row, &json)
                    }
                }
                json.text("comment", comment(unsent: unsent))
            }
        }
        return json.bytes + [0x0A]
    }

    private func comment(unsent: Int) -> String {
        var parts = ["An entry is the last request of a record; secret values are ***."]
        if unsent > 0 { parts.append("\(unsent) records have no entry, because nothing was sent.") }
        if report.leftOut > 0 { parts.append("\(report.leftOut) further records are left out.") }
        if let ending = head.ending { parts.append("The run ended early: \(ending).") }
        return parts.joined(separator: " ")
    }

    private func entry(_ row: ReportRow, _ json: inout ReportJSON) {
        let times = Times(row)
        json.object { json in
            json.text("startedDateTime", ReportText.time(row.startedAt ?? 0))
            json.milliseconds("time", microseconds: times.total)
            json.object("request") { request(row, &$0) }
            json.object("response") { response(row, &$0) }
            json.object("cache") { _ in }
            json.object("timings") { json in
                json.milliseconds("blocked", microseconds: nil)
                json.milliseconds("dns", microseconds: times.dns)
                json.milliseconds("connect", microseconds: times.connect)
                json.milliseconds("ssl", microseconds: times.ssl)
                json.milliseconds("send", microseconds: 0)
                json.milliseconds("wait", microseconds: times.wait)
                json.milliseconds("receive", microseconds: times.receive)
                if row.redirects > 0 { json.text("comment", "with the time of \(row.redirects) redirects") }
            }
            if !row.remoteIP.isEmpty { json.text("serverIPAddress", row.remoteIP) }
            json.integer("_index", row.index)
            if let id = row.id { json.text("_id", id) }
            if row.retries > 0 { json.integer("_retries", row.retries) }
        }
    }

    private func request(_ row: ReportRow, _ json: inout ReportJSON) {
        let url = row.effectiveURL ?? row.url
        json.text("method", row.method)
        json.text("url", url)
        json.text("httpVersion", Self.version(row.httpVersion))
        json.array("cookies") { _ in }
        fields(row.exchange?.requestFields ?? [], &json)
        json.array("queryString") { json in
            for (name, value) in Self.query(of: url) {
                json.object { json in
                    json.text("name", name)
                    json.text("value", value)
                }
            }
        }
        if let body = row.exchange?.requestBody {
            json.object("postData") { json in
                json.text("mimeType", Self.value(of: "content-type", row.exchange?.requestFields) ?? "")
                json.array("params") { _ in }
                json.text("text", body.text)
                if body.isBase64 { json.text("_encoding", "base64") }
            }
        }
        json.integer("headersSize", -1)
        json.integer("bodySize", row.exchange?.requestBodySize ?? -1)
    }

    private func response(_ row: ReportRow, _ json: inout ReportJSON) {
        let fields = row.exchange?.responseFields ?? []
        json.integer("status", row.status ?? 0)
        json.text("statusText", row.status.map(StatusText.phrase) ?? "")
        json.text("httpVersion", Self.version(row.httpVersion))
        json.array("cookies") { _ in }
        self.fields(fields, &json)
        json.object("content") { json in
            json.integer("size", row.size ?? 0)
            json.text("mimeType", row.contentType ?? "x-unknown")
            if let body = row.exchange?.responseBody {
                json.text("text", body.text)
                if body.isBase64 { json.text("encoding", "base64") }
            }
            if let reason = row.exchange?.withoutBody { json.text("comment", reason) }
        }
        json.text("redirectURL", Self.value(of: "location", fields) ?? "")
        json.integer("headersSize", -1)
        json.integer("bodySize", -1)
        if let message = row.message { json.text("_error", "\(row.kind ?? ""): \(message)") }
    }

    private func fields(_ fields: [HARExchange.Field], _ json: inout ReportJSON) {
        json.array("headers") { json in
            for field in fields {
                json.object { json in
                    json.text("name", field.name)
                    json.text("value", field.value)
                }
            }
        }
    }

    private static func value(of name: String, _ fields: [HARExchange.Field]?) -> String? {
        fields?.first { $0.name.lowercased() == name }?.value
    }

    private static func version(_ version: String) -> String { version.isEmpty ? "unknown" : "HTTP/\(version)" }

    /// Names and values of a query, decoded (WHATWG URL §5.1).
    private static func query(of url: String) -> [(String, String)] {
        let bytes = ByteText.bytes(of: url)
        let end = bytes.firstIndex(of: UInt8(ascii: "#")) ?? bytes.endIndex
        guard let start = bytes[..<end].firstIndex(of: UInt8(ascii: "?")) else { return [] }
        return bytes[(start + 1)..<end].split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let texts = parts.map { part in
                let spaced = part.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 }
                return ByteText.shown(ByteText.text(of: PercentEncoding.decode(spaced[...])))
            }
            return (texts[0], texts.count > 1 ? texts[1] : "")
        }
    }

    /// The phases of a request in microseconds; nil where they did not happen, or are those of several requests.
    struct Times {
        var dns: Int64?
        var connect: Int64?
        var ssl: Int64?
        var wait: Int64 = 0
        var receive: Int64 = 0

        init(_ row: ReportRow) {
            guard let timing = row.timing else { return }
            var before: Int64 = 0
            if row.redirects == 0, row.connects > 0 {
                dns = max(0, timing.nameLookup)
                // The time of TLS is a part of the connect time too.
                let connected = max(timing.connect, timing.appConnect)
                connect = max(0, connected - timing.nameLookup)
                if timing.appConnect > 0 { ssl = max(0, timing.appConnect - timing.connect) }
                before = (dns ?? 0) + (connect ?? 0)
            }
            // Without a first byte it waited to the end.
            let first = timing.startTransfer > 0 ? timing.startTransfer : timing.total
            wait = max(0, first - before)
            receive = max(0, timing.total - max(first, before))
        }

        /// The sum of the phases, without those that are a part of another one.
        var total: Int64 { (dns ?? 0) + (connect ?? 0) + wait + receive }
    }
}
