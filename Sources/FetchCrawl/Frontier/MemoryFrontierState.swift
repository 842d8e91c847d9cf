import FetchHTTP
import DequeModule
import HeapModule

/// The rules of a frontier as a value: the state of ``MemoryFrontier``, which the tests also compare with
/// ``SQLiteFrontier``.
struct MemoryFrontierState: Sendable {
    /// What is stored of a URL besides its text.
    struct Entry: Sendable {
        var fingerprint: UInt64
        var origin: Int32
        /// The entry of the page that contains it, or -1.
        var parent: Int32
        var depth: UInt16
        var status: UInt16 = 0
        /// State, reason and kind: 3, 3 and 2 bits, which makes an entry 24 bytes instead of 32.
        private var bits: UInt8
        var tries: UInt8 = 0
        var redirects: UInt8
        var hops: UInt8

        init(_ candidate: Candidate, origin: Int32, parent: Int32) {
            fingerprint = candidate.fingerprint
            self.origin = origin
            self.parent = parent
            depth = UInt16(clamping: candidate.depth)
            redirects = UInt8(clamping: candidate.redirects)
            hops = UInt8(clamping: candidate.hops)
            let state: FrontierRecord.State = candidate.skip == nil ? .queued : .dropped
            bits = UInt8(state.rawValue | (candidate.skip?.rawValue ?? 0) << 3 | candidate.kind.rawValue << 6)
        }

        var state: FrontierRecord.State? {
            get { FrontierRecord.State(rawValue: Int(bits & 7)) }
            set { bits = bits & ~7 | UInt8(newValue?.rawValue ?? 0) }
        }

        var reason: SkipReason? {
            get { SkipReason(rawValue: Int(bits >> 3 & 7)) }
            set { bits = bits & ~(7 << 3) | UInt8(newValue?.rawValue ?? 0) << 3 }
        }

        var kind: VisitKind { VisitKind(rawValue: Int(bits >> 6)) ?? .page }
    }

    /// An origin.
    struct OriginEntry: Sendable {
        var name: String
        var queue = Deque<UInt32>()
        /// URLs to retry, with the earliest time.
        var later: [(due: Int64, entry: UInt32)] = []
        /// The URLs of the lease in their order, with the time of those that are retried, 0 for the others.
        var leased: [(entry: UInt32, due: Int64)] = []
        var nextDue: Int64 = 0
        var leaseUntil: Int64?
        var token: Int64 = 0
        var finished = 0
        var robots: StoredRobots?
        /// The number of the current turn.
        var turn: UInt64 = 0

        var pending: Int { queue.count + later.count }
    }

    private(set) var entries: [Entry] = []
    /// The URLs without the name of their origin, which is there already: they begin with their path.
    private var urls = URLArena()
    private(set) var origins: [OriginEntry] = []
    private(set) var counts = FrontierCounts()
    private var known = FingerprintTable()
    private var slots: [String: Int32] = [:]
    private var turns = Heap<OriginTurn>()
    private var lastTurn: UInt64 = 0
    private var links: [UInt64: Set<UInt64>] = [:]

    /// Whether a URL is known.
    func isKnown(_ fingerprint: UInt64) -> Bool { known.contains(fingerprint) }

    /// The entry of a URL.
    func entry(of fingerprint: UInt64) -> Int? { known[fingerprint].map(Int.init) }

    /// The URL of an entry.
    func url(_ index: Int) -> String {
        let text = urls[index]
        return text.utf8.first == UInt8(ascii: "/") ? origins[Int(entries[index].origin)].name + text : text
    }

    /// Adds a URL; false if it is known.
    mutating func add(_ candidate: Candidate) -> Bool {
        guard known.insert(candidate.fingerprint, UInt32(entries.count)) else { return false }
        let origin = slot(of: candidate.origin)
        let parent = candidate.parent.flatMap { known[$0.fingerprint] }.map { Int32($0) } ?? -1
        entries.append(Entry(candidate, origin: origin, parent: parent))
        let text = candidate.url.href.utf8
        let rest = text.dropFirst(candidate.origin.utf8.count)
        let isOfOrigin = rest.first == UInt8(ascii: "/") && text.starts(with: candidate.origin.utf8)
        urls.append(isOfOrigin ? rest : text[...])
        guard candidate.skip == nil else {
            counts.dropped += 1
            return true
        }
        counts.queued += 1
        origins[Int(origin)].queue.append(UInt32(entries.count - 1))
        if origins[Int(origin)].pending == 1 { offer(origin) }
        return true
    }

    /// Stores a link.
    mutating func add(_ link: PageLink) { links[link.to.fingerprint, default: []].insert(link.from.fingerprint) }

    /// The pages that link to a URL.
    func referrers(of fingerprint: UInt64, limit: Int) -> [String] {
        let pages = (links[fingerprint] ?? []).compactMap { known[$0] }.sorted().prefix(limit)
        return pages.map { url(Int($0)) }
    }

    /// Leases origins that may be visited.
    mutating func lease(origins wanted: Int, perOrigin: Int, now: Int64, until: Int64) -> [OriginLease] {
        var leases: [OriginLease] = []
        while leases.count < wanted, let first = turns.min, first.due <= now {
            turns.removeMin()
            let slot = Int(first.origin)
            guard origins[slot].turn == first.number, origins[slot].leaseUntil == nil else { continue }
            let urls = takeURLs(of: first.origin, perOrigin, now: now)
            guard !urls.isEmpty else {
                // All its URLs wait for a retry.
                origins[slot].nextDue = origins[slot].later.map(\.due).min() ?? origins[slot].nextDue
                offer(first.origin)
                continue
            }
            origins[slot].token += 1
            origins[slot].leaseUntil = until
            let origin = origins[slot]
            leases.append(
                OriginLease(
                    token: FencingToken(origin: Int64(slot), number: origin.token), origin: origin.name, urls: urls,
                    robots: origin.robots, finished: origin.finished))
        }
        return leases
    }

    /// Stores a report; nil when its lease is over, otherwise the URLs that it asks for.
    mutating func take(_ report: LeaseReport, now: Int64, until: Int64) -> [QueuedURL]? {
        let slot = Int(report.token.origin)
        guard origins.indices.contains(slot), origins[slot].token == report.token.number,
            origins[slot].leaseUntil != nil
        else { return nil }
        for result in report.results { take(result, origin: slot) }
        if let robots = report.robots { origins[slot].robots = robots }
        if let nextDue = report.nextDue { origins[slot].nextDue = nextDue }
        if report.ends {
            end(slot)
            return []
        }
        origins[slot].leaseUntil = until
        return report.wants > 0 ? takeURLs(of: Int32(slot), report.wants, now: now) : []
    }

    /// Ends the expired leases.
    mutating func reap(now: Int64) -> Int {
        var count = 0
        let over = origins.indices.filter { origins[$0].leaseUntil.map { $0 <= now } ?? false }
        for slot in over.sorted(by: { (origins[$0].leaseUntil ?? 0, $0) < (origins[$1].leaseUntil ?? 0, $1) }) {
            count += origins[slot].leased.count
            end(slot)
        }
        return count
    }

    /// When a host can be leased.
    mutating func nextWake(now: Int64) -> FrontierWake {
        while let first = turns.min {
            let origin = origins[Int(first.origin)]
            guard origin.turn == first.number, origin.leaseUntil == nil else {
                turns.removeMin()
                continue
            }
            let time = origin.queue.isEmpty ? max(first.due, origin.later.map(\.due).min() ?? 0) : first.due
            guard time != LeaseReport.parked else {
                turns.removeMin()
                continue
            }
            return time <= now ? .now : .at(time)
        }
        return origins.contains { $0.leaseUntil != nil } ? .waitingForLeases : .finished
    }

    /// The number of origins with queued URLs and no lease.
    var waitingOrigins: Int { origins.reduce(0) { $0 + ($1.pending > 0 && $1.leaseUntil == nil ? 1 : 0) } }

    private mutating func take(_ result: VisitResult, origin slot: Int) {
        guard let entry = known[result.fingerprint],
            let at = origins[slot].leased.firstIndex(where: { $0.entry == entry })
        else { return }
        origins[slot].leased.remove(at: at)
        counts.leased -= 1
        let index = Int(entry)
        switch result.ending {
        case .done(let status, _):
            entries[index].status = UInt16(clamping: status)
            entries[index].state = .done
            counts.done += 1
        case .failed:
            entries[index].state = .failed
            counts.failed += 1
        case .dropped(let reason):
            entries[index].state = .dropped
            entries[index].reason = reason
            counts.dropped += 1
        case .again(let notBefore):
            entries[index].state = .queued
            entries[index].tries = entries[index].tries &+ 1
            origins[slot].later.append((notBefore, entry))
            counts.queued += 1
        case .later:
            entries[index].state = .queued
            origins[slot].later.append((LeaseReport.parked, entry))
            counts.queued += 1
        }
        if result.isFinishedPage {
            origins[slot].finished += 1
        } else if entries[index].state == .done || entries[index].state == .failed {
            counts.sitemaps += 1
        }
    }

    /// Takes URLs off the queue of an origin: first those that wait for the first time, then those to try again.
    private mutating func takeURLs(of origin: Int32, _ count: Int, now: Int64) -> [QueuedURL] {
        let slot = Int(origin)
        var taken: [(entry: UInt32, due: Int64)] = []
        while taken.count < count, let entry = origins[slot].queue.popFirst() { taken.append((entry, 0)) }
        while taken.count < count,
            let at = origins[slot].later.indices.filter({ origins[slot].later[$0].due <= now })
                .min(by: { origins[slot].later[$0] < origins[slot].later[$1] })
        {
            let (due, entry) = origins[slot].later.remove(at: at)
            taken.append((entry, due))
        }
        origins[slot].leased += taken
        counts.queued -= taken.count
        counts.leased += taken.count
        return taken.compactMap { queued(Int($0.entry)) }
    }

    private mutating func queued(_ index: Int) -> QueuedURL? {
        entries[index].state = .leased
        let entry = entries[index]
        guard let url = FetchURL(url(index)) else { return nil }
        return QueuedURL(
            url: url, fingerprint: entry.fingerprint, depth: Int(entry.depth), kind: entry.kind,
            parent: entry.parent < 0 ? nil : self.url(Int(entry.parent)), redirects: Int(entry.redirects),
            hops: Int(entry.hops), tries: Int(entry.tries))
    }

    /// Returns a lease: its URLs return to their old positions.
    private mutating func end(_ slot: Int) {
        origins[slot].leaseUntil = nil
        for (entry, due) in origins[slot].leased.reversed() {
            entries[Int(entry)].state = .queued
            if due == 0 { origins[slot].queue.prepend(entry) } else { origins[slot].later.append((due, entry)) }
        }
        counts.queued += origins[slot].leased.count
        counts.leased -= origins[slot].leased.count
        origins[slot].leased.removeAll()
        if origins[slot].pending > 0 { offer(Int32(slot)) }
    }

    /// Puts an origin among those that may be leased, unless it is leased or parked.
    private mutating func offer(_ origin: Int32) {
        let slot = Int(origin)
        guard origins[slot].leaseUntil == nil, origins[slot].nextDue != LeaseReport.parked else { return }
        lastTurn += 1
        origins[slot].turn = lastTurn
        turns.insert(OriginTurn(due: origins[slot].nextDue, number: lastTurn, origin: origin))
    }

    private mutating func slot(of name: String) -> Int32 {
        if let slot = slots[name] { return slot }
        let slot = Int32(origins.count)
        origins.append(OriginEntry(name: name))
        slots[name] = slot
        return slot
    }
}
