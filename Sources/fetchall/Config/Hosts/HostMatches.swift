import FetchHTTP
import FetchSystem
import Synchronization

/// The hosts that options and files name, and which of them the input has: what matches nothing is often meant for another
/// scheme or port.
final class HostMatches: Sendable {
    private struct Entry {
        /// `[hosts."a.example"]`, or an option.
        let name: String
        let hosts: HostPattern
    }

    private let unmatched = Mutex<[Entry]>([])

    /// Nothing yet.
    init() {}

    /// Adds the hosts that something is named for.
    func add(_ name: String, _ hosts: HostPattern) { unmatched.withLock { $0.append(Entry(name: name, hosts: hosts)) } }

    /// Notes the URL of an input.
    func see(_ url: FetchURL) {
        unmatched.withLock { entries in
            if !entries.isEmpty { entries.removeAll { $0.hosts.matches(url) } }
        }
    }

    /// A line for each that no input has matched: `[hosts."a.example"] is https://a.example:443 and matched no input`.
    var lines: [String] {
        unmatched.withLock { entries in
            entries.map { entry in
                let pattern = "\(entry.hosts)"
                let hosts = pattern.contains(text: "://") ? pattern : "http:// or https://\(pattern)"
                return "\(entry.name) is \(TerminalText.escaped(hosts)) and matched no input"
            }
        }
    }
}

/// A source whose URLs are noted.
private struct NotedSource: InputSource {
    let source: any InputSource
    let matches: HostMatches

    func next() async -> [Input]? {
        let chunk = await source.next()
        for input in chunk ?? [] { if case .success(let request) = input.request { matches.see(request.url) } }
        return chunk
    }

    func close() { source.close() }

    var total: Int? { source.total }

    var failure: InputFailure? { source.failure }
}

extension RunOptions {
    /// The source, which ends where the value of a host cannot be read. With `-v` it is noted which hosts it has.
    func guarding(_ source: any InputSource, _ output: OutputOptions) throws -> any InputSource {
        let guarded = config.guarding(source)
        let rules = try credentials.rules()
        guard output.verbose, !config.hosts.isEmpty || !rules.isEmpty else { return guarded }
        for host in config.hosts {
            config.matches.add("[hosts.\(TOMLText.quoted(host.host))]", try HostPattern(host.host))
        }
        for rule in rules { config.matches.add("--header-for \(rule.name)", rule.hosts) }
        return NotedSource(source: guarded, matches: config.matches)
    }

    /// The status of a run at its end, with a line for hosts that no input has.
    func conclude(_ status: ExitStatus, _ console: Console) -> ExitStatus {
        for line in config.matches.lines { console.say("fetchall: \(line)") }
        return config.status(status)
    }
}
