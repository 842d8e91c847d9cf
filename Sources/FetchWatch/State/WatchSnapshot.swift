import FetchRecords
import FetchSystem

/// A run at one moment: what the page shows and the metrics say.
package struct WatchSnapshot: Sendable {
    /// What does not change during a run.
    package struct Head: Sendable {
        /// The version of the program, and the command of the run.
        package var version: String
        package var command: String
        /// Milliseconds since 1970.
        package var startedAt: Int64

        package init(version: String, command: String, startedAt: Int64) {
            self.version = version
            self.command = command
            self.startedAt = startedAt
        }
    }

    /// How many hosts an event has, and how many of those that are paused.
    static let shownHosts = 50
    private static let percentiles: [(name: String, value: Double)] = [
        ("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99), ("p99.9", 99.9),
    ]

    let head: Head
    let state: WatchState
    let elapsed: Duration
    let isFinal: Bool

    /// A snapshot.
    package init(head: Head, state: WatchState, elapsed: Duration, isFinal: Bool) {
        self.head = head
        self.state = state
        self.elapsed = elapsed
        self.isFinal = isFinal
    }

    /// The hosts in the order in which they came up.
    var hostsInOrder: [(name: String, host: WatchState.Host)] {
        state.hosts.sorted { $0.value.index < $1.value.index }.map { ($0.key, $0.value) }
    }

    /// The snapshot as one JSON object without line breaks: the data of an event.
    package var json: [UInt8] {
        var json = ReportJSON()
        json.object { json in
            json.bool("final", isFinal)
            json.seconds("elapsed", microseconds: elapsed.microseconds)
            json.integer("total", state.gauges.total)
            json.integer("queued", state.queued)
            json.integer("ok", state.ok)
            json.integer("failed", state.failed)
            json.integer("skipped", state.skipped)
            json.integer("retries", state.retries)
            json.integer("in_flight", isFinal ? 0 : state.gauges.inFlight)
            json.seconds("rate", microseconds: Self.micro(isFinal ? 0 : state.recordsPerSecond))
            json.integer("bytes", state.gauges.received)
            json.integer("bytes_per_second", isFinal ? 0 : Int(exactly: state.bytesPerSecond.rounded()))
            addLatencies(to: &json)
            addHosts(to: &json)
            json.array("failures") { json in
                for (kind, count) in state.failures.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                    json.array { json in
                        json.text(nil, ReportText.visible(kind))
                        json.integer(nil, count)
                    }
                }
            }
            json.array("statuses") { json in
                for (status, count) in state.statuses.sorted(by: { $0.key < $1.key }) {
                    json.array { json in
                        json.integer(nil, status)
                        json.integer(nil, count)
                    }
                }
            }
        }
        return json.bytes
    }

    private func addLatencies(to json: inout ReportJSON) {
        json.array("percentiles") { json in
            guard state.latencies.count > 0 else { return }
            for percentile in Self.percentiles {
                json.array { json in
                    json.text(nil, percentile.name)
                    json.seconds(nil, microseconds: state.latencies.percentile(percentile.value))
                }
            }
        }
    }

    /// The hosts with the largest numbers of records, and those that are paused.
    private func addHosts(to json: inout ReportJSON) {
        let hosts = hostsInOrder.sorted { ($1.host.records, $0.host.index) < ($0.host.records, $1.host.index) }
        json.array("hosts") { json in
            for (name, host) in hosts.prefix(Self.shownHosts) {
                json.array { json in
                    json.text(nil, ReportText.visible(name))
                    json.integer(nil, host.records)
                    json.integer(nil, host.failed)
                    json.seconds(
                        nil, microseconds: host.responses > 0 ? host.microseconds / Int64(host.responses) : nil)
                }
            }
        }
        let left = hosts.dropFirst(Self.shownHosts).reduce(0) { $0 + $1.host.records }
        json.integer("other_hosts", left + state.otherHosts.records)
        let waiting = isFinal ? [] : state.gauges.waiting.sorted { ($0.rest, $0.authority) < ($1.rest, $1.authority) }
        json.integer("waiting_hosts", waiting.count)
        json.array("waiting") { json in
            for host in waiting.prefix(Self.shownHosts) {
                json.array { json in
                    json.text(nil, ReportText.visible(host.authority))
                    json.seconds(nil, microseconds: host.rest.microseconds)
                }
            }
        }
    }

    /// A number in millionths, for a decimal text.
    private static func micro(_ value: Double) -> Int64 { Int64(exactly: (min(value, 1e12) * 1e6).rounded()) ?? 0 }
}

extension WatchState.Host {
    /// All records of the host.
    var records: Int { ok + failed }
}
