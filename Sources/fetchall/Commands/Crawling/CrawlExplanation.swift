import FetchCrawl
import FetchHTML
import FetchHTTP
import FetchRecords
import FetchStore
import FetchSystem
import FetchArgumentParser

/// `fetchall crawl --explain URL --state FILE`: explains why a URL was or was not fetched.
struct CrawlExplanation {
    let console: Console

    /// Writes what the state contains about the URL.
    func run(_ text: String, state path: String) throws -> ExitStatus {
        let url: FetchURL
        do throws(FetchError) {
            url = try FetchURL.parse(text)
        } catch {
            throw ValidationError("--explain: \(error.message)")
        }
        guard CrawlStateFile.exists(path) else { throw ValidationError("--state: the file \(path) does not exist") }
        let lines: [String]
        do {
            let file = try CrawlStateFile.existing(path)
            defer { try? file.close() }
            lines = try explain(url, SQLiteFrontier(file: file), try file.identity())
        } catch let failure as StoreFailure {
            console.say("fetchall: \(failure.message)")
            return failure.isRefusal ? .usage : .io
        } catch let failure as FetchError {
            console.say("fetchall: \(failure.message)")
            return .io
        }
        do throws(OutputFailure) {
            try console.write(Array((lines.map { TerminalText.escaped($0) }.joined(separator: "\n") + "\n").utf8))
            return .success
        } catch {
            return .io
        }
    }

    private func explain(
        _ url: FetchURL, _ frontier: SQLiteFrontier, _ identity: [String: String]
    ) throws -> [String] {
        let key = PageKey(
            origin: url.origin.serialization, fingerprint: CanonicalURL(url.withoutCredentials).fingerprint)
        var lines = [url.redacted]
        if let record = try frontier.find(key) {
            if record.url.href != url.href { lines.append("  known as \(record.url.redacted)") }
            lines.append("  \(Self.state(record, identity))")
            lines.append("  \(record.depth) links from a seed" + (record.parent.map { ", found on \($0)" } ?? ""))
            if record.tries > 0 { lines.append("  \(record.tries) attempts failed before") }
        } else {
            lines.append("  unknown: no fetched page links to it")
        }
        if let verdict = Self.scope(url, identity) { lines.append("  \(verdict)") }
        if let robots = try frontier.robots(of: key.origin) { lines.append("  \(Self.robots(robots, url, identity))") }
        return lines
    }

    private static func state(_ record: FrontierRecord, _ identity: [String: String]) -> String {
        switch record.state {
        case .queued: "queued: it is not fetched yet"
        case .leased: "in flight when the crawl ended: it will be fetched again"
        case .done: "fetched: status \(record.status ?? 0)"
        case .failed: "failed: no response was received"
        case .dropped:
            switch record.reason {
            case .scope: "not fetched: out of scope"
            case .depth: "not fetched: deeper than --max-depth \(identity["--max-depth"] ?? "")"
            case .robots: "not fetched: robots.txt forbids it"
            case .trap: "not fetched: it looks like part of an endless site (a trap)"
            case .nofollow: "not fetched: the link to it says nofollow"
            default: "not fetched: \(record.reason?.slug ?? "")"
            }
        }
    }

    private static func scope(_ url: FetchURL, _ identity: [String: String]) -> String? {
        func patterns(_ name: String) -> [URLPattern] {
            (identity[name] ?? "").split(separator: " ").compactMap { try? URLPattern(String($0)) }
        }
        let seeds = (identity["seeds"] ?? "").split(separator: " ").compactMap { FetchURL($0) }
        guard let reach = identity["--scope"].flatMap({ Scope.Reach(rawValue: $0) }) else { return nil }
        let scope = Scope(reach: reach, seeds: seeds, include: patterns("--include"), exclude: patterns("--exclude"))
        switch scope.verdict(for: url) {
        case .inside, .extraHop: return "scope: inside"
        case .outside(.reach(let reach)): return "scope: outside (--scope \(reach.rawValue))"
        case .outside(.notIncluded): return "scope: outside (no --include matches)"
        case .outside(.excluded(let pattern)): return "scope: outside (--exclude \(pattern))"
        }
    }

    private static func robots(_ robots: StoredRobots, _ url: FetchURL, _ identity: [String: String]) -> String {
        switch robots.state {
        case .missing: return "robots: the host has no robots.txt"
        case .unreachable, .waiting: return "robots: robots.txt could not be fetched"
        case .rules:
            let agent = identity["--robots-agent"] ?? "fetchall"
            let verdict = RobotsPolicy(parsing: robots.text, agent: agent).verdict(for: url)
            let rule = verdict.rule.map { " (line \($0.line): \($0.text))" } ?? ""
            return "robots: \(verdict.isAllowed ? "allowed" : "forbidden")\(rule)"
        }
    }
}
