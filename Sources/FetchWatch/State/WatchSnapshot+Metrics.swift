import FetchRecords
import FetchSystem

extension WatchSnapshot {
    /// The value of the label for all hosts beyond the first ones; no host has such a name.
    private static let others = "(others)"

    /// The snapshot as metrics. Counters do not decrease during a run, and series do not vanish, but those of waiting hosts.
    package var metrics: [UInt8] {
        var text = MetricsText()
        text.add(
            "fetchall_info", .gauge, "The program and the command of the run.",
            [([("version", head.version), ("command", head.command)], "1")])
        text.add(
            "fetchall_start_time_seconds", .gauge, "Start of the run since the epoch, in seconds.",
            MetricsText.seconds(microseconds: head.startedAt * 1000))
        text.add(
            "fetchall_run_seconds", .gauge, "Time since the start of the run, in seconds.",
            MetricsText.seconds(microseconds: elapsed.microseconds))
        text.add(
            "fetchall_records_total", .counter, "Records by their result.",
            [("ok", state.ok), ("failed", state.failed), ("skipped", state.skipped)].map {
                ([("result", $0.0)], "\($0.1)")
            })
        if let total = state.gauges.total {
            text.add("fetchall_inputs", .gauge, "Inputs of the run.", "\(total)")
        }
        if let queued = state.queued {
            text.add("fetchall_queued_urls", .gauge, "URLs that were found and are not fetched.", "\(queued)")
        }
        text.add("fetchall_in_flight_requests", .gauge, "Requests in flight.", "\(state.gauges.inFlight)")
        text.add("fetchall_retries_total", .counter, "Attempts after the first.", "\(state.retries)")
        text.add(
            "fetchall_received_bytes_total", .counter, "Bytes of bodies received.", "\(max(0, state.gauges.received))")
        text.add(
            "fetchall_responses_total", .counter, "Responses by status.",
            state.statuses.sorted { $0.key < $1.key }.map { ([("status", "\($0.key)")], "\($0.value)") })
        text.add(
            "fetchall_failures_total", .counter, "Failed records by the kind of the error.",
            state.failures.sorted { $0.key < $1.key }.map { ([("kind", ReportText.visible($0.key))], "\($0.value)") })
        addHosts(to: &text)
        text.add("fetchall_response_duration_seconds", "Times of whole responses.", state.latencies)
        return text.bytes
    }

    private func addHosts(to text: inout MetricsText) {
        var hosts = hostsInOrder
        if state.otherHosts.records > 0 { hosts.append((Self.others, state.otherHosts)) }
        text.add(
            "fetchall_host_requests_total", .counter, "Requests by host and result.",
            hosts.flatMap { name, host in
                [("ok", host.ok), ("failed", host.failed)].map { result, count in
                    ([("host", ReportText.visible(name)), ("result", result)], "\(count)")
                }
            })
        text.add("fetchall_waiting_hosts", .gauge, "Hosts that are paused.", "\(state.gauges.waiting.count)")
        text.add(
            "fetchall_host_wait_seconds", .gauge, "Time until a paused host is asked again, in seconds.",
            state.gauges.waiting.sorted { $0.authority < $1.authority }.prefix(Self.shownHosts).map { host in
                (
                    [("host", ReportText.visible(host.authority))],
                    MetricsText.seconds(microseconds: host.rest.microseconds)
                )
            })
    }
}
