import FetchHTTP
import FetchSystem

/// The totals of a run as one JSON object. Times are decimal seconds, sizes bytes.
struct JSONReport {
    let report: RunReport
    let head: ReportHead

    /// The document.
    var bytes: [UInt8] {
        var json = ReportJSON()
        json.object { json in
            json.object("tool") { json in
                json.text("name", "fetchall")
                json.text("version", head.version)
                json.text("command", head.command)
            }
            json.text("started_at", report.startedAt.map(ReportText.time))
            json.seconds("time_total", microseconds: head.elapsed.microseconds)
            json.text("ended_early", head.ending)
            if let links = head.links { json.text("links", links) }
            totals(&json)
            latency(&json)
            json.object("by_status") { json in
                for (status, count) in report.requests.statuses.sorted(by: { $0.key < $1.key }) {
                    json.integer("\(status)", count)
                }
            }
            errors(&json)
            hosts(&json)
            json.array("slowest") { json in for row in report.slowest { record(row, &json) } }
            findings(&json)
        }
        return json.bytes + [0x0A]
    }

    private func totals(_ json: inout ReportJSON) {
        json.object("totals") { json in
            json.integer("records", report.totals.records)
            json.integer("ok", report.totals.ok)
            json.integer("failed", report.totals.failed)
            json.integer("skipped", report.totals.skipped)
            json.integer("size_download", report.requests.bytes)
        }
    }

    private func latency(_ json: inout ReportJSON) {
        json.object("latency") { json in
            json.seconds("min", microseconds: report.requests.extremes?.min)
            json.seconds("max", microseconds: report.requests.extremes?.max)
            json.object("percentiles") { json in
                for (name, value) in head.percentiles(of: report) { json.seconds(name, microseconds: value) }
            }
            json.array("histogram") { json in
                guard let extremes = report.requests.extremes else { return }
                let bars = LatencyBars(
                    report.requests.latencies, min: UInt64(extremes.min), max: UInt64(extremes.max))
                for row in bars.rows {
                    json.object { json in
                        json.seconds("from", microseconds: Int64(clamping: row.low))
                        json.seconds("to", microseconds: Int64(clamping: row.high))
                        json.integer("count", Int(clamping: row.count))
                    }
                }
            }
        }
    }

    private func errors(_ json: inout ReportJSON) {
        var kinds: [String: Int] = [:]
        for group in report.errors.sorted { kinds[group.key.kind, default: 0] += group.count }
        json.object("by_error") { json in
            for (kind, count) in kinds.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                json.integer(kind, count)
            }
        }
        json.array("errors") { json in
            for group in report.errors.sorted {
                json.object { json in
                    json.text("kind", group.key.kind)
                    json.integer("response_code", group.key.status)
                    json.text("host", group.key.host.isEmpty ? nil : group.key.host)
                    json.integer("count", group.count)
                    json.text("example", group.example)
                    json.text("message", group.message)
                }
            }
        }
        json.integer("errors_left_out", report.errors.others)
    }

    private func hosts(_ json: inout ReportJSON) {
        let sorted = report.requests.hosts.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        json.array("hosts") { json in
            for (host, tally) in sorted {
                json.object { json in
                    json.text("host", host)
                    json.integer("records", tally.count)
                    json.integer("failed", tally.failed)
                    let mean = tally.answered > 0 ? tally.microseconds / Int64(tally.answered) : nil
                    json.seconds("time_mean", microseconds: mean)
                }
            }
        }
        json.integer("hosts_left_out_records", report.requests.otherHosts.count)
    }

    private func record(_ row: ReportRow, _ json: inout ReportJSON) {
        json.object { json in
            json.text("url", row.url)
            json.integer("response_code", row.status)
            json.seconds("time_total", microseconds: row.timing?.total)
        }
    }

    private func findings(_ json: inout ReportJSON) {
        guard !report.severities.isEmpty else { return }
        json.object("findings") { json in
            for severity in [Finding.Severity.error, .warning, .skipped] {
                json.integer(severity.rawValue, report.severities[severity] ?? 0)
            }
        }
    }
}
