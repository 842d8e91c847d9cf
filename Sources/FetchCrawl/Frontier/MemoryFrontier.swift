import FetchHTTP
import Synchronization

/// A frontier in memory, for crawls that need not survive: two flat tables and the bytes of the URLs without
/// their origins, about 90 bytes a URL in all.
package final class MemoryFrontier: Frontier {
    private let state: Mutex<MemoryFrontierState>

    /// An empty frontier.
    package init() { state = Mutex(MemoryFrontierState()) }

    /// Of these fingerprints those that are not known, by their indices.
    package func unknown(_ fingerprints: [UInt64]) -> [Int] {
        state.withLock { state in fingerprints.indices.filter { !state.isKnown(fingerprints[$0]) } }
    }

    /// Takes a turn.
    package func take(_ turn: FrontierTurn, now: Int64, ttl: Int64) -> FrontierAnswer {
        state.withLock { state in
            var answer = FrontierAnswer()
            for candidate in turn.candidates where state.add(candidate) { answer.added += 1 }
            for link in turn.links { state.add(link) }
            for report in turn.reports {
                guard let more = state.take(report, now: now, until: now + ttl) else {
                    answer.stale.append(report.token)
                    continue
                }
                if !more.isEmpty { answer.more[report.token] = more }
            }
            if turn.origins > 0 {
                answer.leases = state.lease(
                    origins: turn.origins, perOrigin: turn.perOrigin, now: now, until: now + ttl)
            }
            return answer
        }
    }

    /// Ends the expired leases.
    package func reap(now: Int64) -> Int { state.withLock { $0.reap(now: now) } }

    /// When a host can be leased.
    package func nextWake(now: Int64) -> FrontierWake { state.withLock { $0.nextWake(now: now) } }

    /// The number of URLs in each state.
    package func counts() -> FrontierCounts {
        state.withLock { state in
            var counts = state.counts
            counts.waitingOrigins = state.waitingOrigins
            return counts
        }
    }

    /// All URLs, in batches.
    package func scan(after position: ScanPosition?, limit: Int) -> FrontierPage {
        state.withLock { state in
            let first = Int(position?.sequence ?? 0)
            let end = min(state.entries.count, first + limit)
            return FrontierPage(
                records: (first..<max(first, end)).compactMap { state.record($0) },
                next: end < state.entries.count ? ScanPosition(sequence: Int64(end)) : nil)
        }
    }

    /// What is known about a URL.
    package func find(_ key: PageKey) -> FrontierRecord? {
        state.withLock { state in state.entry(of: key.fingerprint).flatMap { state.record($0) } }
    }

    /// The pages that link to a URL, as far as links were stored.
    package func referrers(of key: PageKey, limit: Int) -> [String] {
        state.withLock { $0.referrers(of: key.fingerprint, limit: limit) }
    }
}

extension MemoryFrontierState {
    /// What is known about an entry.
    fileprivate func record(_ index: Int) -> FrontierRecord? {
        let entry = entries[index]
        guard let url = FetchURL(url(index)), let state = entry.state else { return nil }
        return FrontierRecord(
            sequence: Int64(index + 1), url: url, fingerprint: entry.fingerprint, state: state,
            depth: Int(entry.depth), kind: entry.kind, reason: entry.reason,
            status: entry.status == 0 ? nil : Int(entry.status),
            parent: entry.parent < 0 ? nil : self.url(Int(entry.parent)), tries: Int(entry.tries),
            originDue: origins[Int(entry.origin)].nextDue)
    }
}
