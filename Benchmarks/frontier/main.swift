import FetchCrawl
import FetchHTTP
import FetchSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

// Measures a frontier: `frontier-bench sqlite|memory random|pages [links]`. Links are spread over 10,000 hosts by Zipf's
// law, in random order or 20 of a host at a time, as pages have them; a turn takes 1,000. The memory is that of the whole
// process at its peak, with the allocator set up as in the program.

let arguments = CommandLine.arguments
let isDurable = arguments.count > 1 && arguments[1] == "sqlite"
let isRandom = arguments.count > 2 && arguments[2] == "random"
let total = arguments.count > 3 ? Int(arguments[3]) ?? 1_000_000 : 1_000_000
let hostCount = 10_000
let path = "/tmp/frontier-bench-\(getpid()).db"

func memory() -> Int {
    var usage = rusage()
    #if canImport(Glibc)
    getrusage(0, &usage)
    #else
    getrusage(RUSAGE_SELF, &usage)
    #endif
    return Int(usage.ru_maxrss) / 1024
}

/// A generator that gives the same numbers every time (SplitMix64).
struct Numbers {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// The hosts of the links in their order, made as they are needed: what is measured is the frontier's memory. Zipf with
/// exponent 1: the share of the k-th is 1/k.
struct Hosts {
    private var numbers = Numbers(state: 7)
    private var bounds: [Double] = []
    private var sum = 0.0
    private var host = 0
    private var left = 0

    init() {
        for rank in 1...hostCount {
            sum += 1 / Double(rank)
            bounds.append(sum)
        }
    }

    mutating func next() -> Int {
        if left == 0 {
            let point = Double(numbers.next() >> 11) / Double(1 << 53) * sum
            var (low, high) = (0, hostCount - 1)
            while low < high {
                let middle = (low + high) / 2
                if bounds[middle] < point { low = middle + 1 } else { high = middle }
            }
            (host, left) = (low, isRandom ? 1 : 20)
        }
        left -= 1
        return host
    }
}

func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let clock = ContinuousClock()
    let duration = try await clock.measure { try await body() }
    let (whole, atto) = duration.components
    return Double(whole) + Double(atto) / 1e18
}

func run() async throws {
    let frontier: any Frontier
    var file: CrawlStateFile?
    if isDurable {
        let (opened, _) = try CrawlStateFile.resumeOrCreate(path, identity: [:])
        file = opened
        frontier = try SQLiteFrontier(file: opened)
    } else {
        frontier = MemoryFrontier()
    }
    let before = memory()

    /// A turn's links. They are made here, so that the time for making them is not measured.
    func batch(_ start: Int, _ hosts: inout Hosts) -> [Candidate] {
        (start..<min(start + 1000, total)).compactMap { index in
            let host = "http://host\(hosts.next()).example.org"
            guard let url = FetchURL("\(host)/section/\(index % 97)/page-\(index).html") else { return nil }
            return Candidate(url: url, fingerprint: CanonicalURL(url).fingerprint, origin: host, depth: 1)
        }
    }
    func enqueue(_ label: String) async throws {
        var spent = 0.0
        var added = 0
        var hosts = Hosts()
        for start in stride(from: 0, to: total, by: 1000) {
            let links = batch(start, &hosts)
            spent += try await seconds {
                let unknown = try await frontier.unknown(links.map(\.fingerprint))
                if unknown.isEmpty { return }
                added += try await frontier.enqueue(unknown.map { links[$0] })
            }
        }
        report(label, total, spent, "\(added) added")
    }
    func report(_ label: String, _ count: Int, _ spent: Double, _ note: String) {
        let rate = spent > 0 ? Int(Double(count) / spent) : 0
        say("\(label): \(rate)/s (\(count) in \(Int(spent * 1000)) ms), \(note), \(memory()) MB (\(before) MB before)")
    }
    try await enqueue("new")
    try await enqueue("known")
    var done = 0
    let spent = try await seconds {
        while done < min(total, 100_000) {
            let leases = try await frontier.lease(origins: 16, perOrigin: 8, now: 0)
            if leases.isEmpty { break }
            var turn = FrontierTurn()
            for lease in leases {
                turn.reports.append(
                    LeaseReport(
                        lease.token,
                        results: lease.urls.map { VisitResult($0.fingerprint, .done(status: 200, recordEnd: 0)) },
                        ends: true))
                done += lease.urls.count
            }
            _ = try await frontier.take(turn, now: 0, ttl: 1000)
        }
    }
    report("lease and complete, 16 hosts x 8", done, spent, "")
    if isDurable {
        try file?.close()
        var size = stat()
        stat(path, &size)
        say("file: \(Int(size.st_size) / total) bytes a link")
        let spent = try await seconds {
            let (opened, _) = try CrawlStateFile.resumeOrCreate(path, identity: [:])
            let frontier = try SQLiteFrontier(file: opened)
            _ = frontier.counts
            try opened.close()
        }
        say("opened again in \(Int(spent * 1000)) ms")
        for suffix in ["", "-wal"] { unlink(path + suffix) }
    }
}

func say(_ line: String) { _ = (line + "\n").withCString { write(1, $0, strlen($0)) } }

ProcessMemory.tune()
do { try await run() } catch { say("\(error)") }
