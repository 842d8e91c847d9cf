import FetchHTML
package import FetchHTTP
package import FetchStore
import FetchSystem
import Synchronization

/// A file of the answers of a check, so that a run can be resumed: the next one takes answers from it instead of asking, and
/// does not write again what is written.
///
/// The answer of a page is in it together with its links. What was written is noted after it is written, with the length of
/// the output; a run that resumes cuts the output there.
package final class CheckLog: Sendable {
    private struct State {
        var log: LineLog
        var answers: [String: [Outcome]] = [:]
        var scans: [String: DocumentScan] = [:]
        /// Answers of pages that are being read.
        var held: [Int: [UInt8]] = [:]
        /// Requests and pages that are answered from the log.
        var replayed: Set<Int> = []
        var written: Set<UInt64> = []
        var failure: StoreFailure?
    }

    /// The file's name as it may be shown.
    package let name: String
    /// What to tell the user about damage; nil for a good file.
    package let notice: String?
    /// The number of answers of earlier runs.
    package let answerCount: Int
    /// The absolute path of the output that was written last; nil for none.
    package let outputPath: String?
    /// The length of that output; 0 for none.
    package let outputEnd: Int
    private let state: Mutex<State>

    private static let magic = "{\"fetchall-check\":1,"

    /// Opens or creates a log, and locks it for this process.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - options: Names and values that must be the same in each run; no secrets.
    package init(path: String, options: [(name: String, value: String)]) throws(StoreFailure) {
        var log = try LineLog(path: path, magic: Self.magic)
        name = log.name
        notice = log.notice
        let texts = log.takeTexts()
        var state = State(log: log)
        var count = 0
        var output: (path: String?, end: Int) = (nil, 0)
        do throws(StoreFailure) {
            if let first = texts.first {
                try Self.compare(first, options, name)
            } else {
                state.log.append(Self.header(options))
                try state.log.flush()
            }
        } catch {
            _ = log.close()
            throw error
        }
        for text in texts.dropFirst() {
            guard let members = try? JSONValue.members(of: text[...]) else { continue }
            if let answer = CheckAnswer(members) {
                state.answers["\(answer.method) \(answer.url)", default: []].append(answer.outcome)
                count += 1
            } else if let (url, scan) = CheckScanLine.read(members) {
                state.scans[url] = scan
            } else {
                let fields = LogFields(members)
                output = (fields.text("output"), fields.integer("end") ?? 0)
                if case .array(let found)? = fields["written"] {
                    for case .string(let text) in found {
                        if let hash = UInt64(text, radix: 16) { state.written.insert(hash) }
                    }
                }
            }
        }
        answerCount = count
        outputPath = output.path
        outputEnd = output.end
        self.state = Mutex(state)
    }

    private static func header(_ options: [(name: String, value: String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONValue.object([
            ("fetchall-check", .number("1")),
            ("options", .object(options.map { (key: $0.name, value: .string($0.value)) })),
        ]).append(to: &bytes)
        return bytes
    }

    private static func compare(
        _ line: [UInt8], _ options: [(name: String, value: String)], _ name: String
    ) throws(StoreFailure) {
        guard let members = try? JSONValue.members(of: line[...]),
            case .object(let known)? = LogFields(members)["options"]
        else { throw .damaged("\(name):1: this is not a file of this command; it is left unchanged") }
        let before = LogFields(known)
        let others = options.filter { before.text($0.name) != $0.value }.map(\.name)
        guard others.isEmpty, known.count == options.count else {
            let names =
                others.isEmpty
                ? "the options are" : others.joined(separator: ", ") + (others.count == 1 ? " is" : " are")
            throw .mismatch("\(names) not the same as when \(name) was started")
        }
    }

    // MARK: Answers

    /// The answer of an earlier run; nil if the URL must be asked.
    func answer(_ id: Int, _ url: FetchURL, _ method: CheckMethod) -> Outcome? {
        state.withLock { state in
            let key = "\(method.name) \(url.href)"
            guard var known = state.answers[key], !known.isEmpty else { return nil }
            let outcome = known.removeFirst()
            state.answers[key] = known
            state.replayed.insert(id)
            return outcome
        }
    }

    /// The links of a page of an earlier run.
    func scan(_ url: FetchURL) -> DocumentScan? { state.withLock { $0.scans[url.href] } }

    /// Notes the answer of a request, or that it was from the log.
    ///
    /// - Returns: Whether it was sent in this run.
    func note(_ id: Int, _ method: CheckMethod, _ outcome: Outcome, followsRedirects: Bool) -> Bool {
        state.withLock { state in
            if state.replayed.remove(id) != nil { return false }
            guard case .success(let request) = outcome.input.request else { return true }
            let verdict = CheckVerdict(outcome, of: request.url, method, followsRedirects: followsRedirects)
            if case .skipped = verdict { return true }
            let line = CheckAnswer.line(outcome, method: method)
            if case .sound = verdict, method == .page,
                method.bodies.wants(outcome.response?.headers.contentType ?? nil)
            {
                state.held[id] = line
            } else {
                state.log.append(line)
            }
            return true
        }
    }

    /// Notes the links of a page.
    func note(_ id: Int, _ document: ReadDocument) {
        state.withLock { state in
            guard let line = state.held.removeValue(forKey: id), let url = document.url else { return }
            state.log.append(CheckScanLine.line(url.href, document))
            state.log.append(line)
        }
    }

    // MARK: Findings

    /// Whether a finding is not in the output yet.
    package func isNew(_ finding: Finding) -> Bool {
        state.withLock { !$0.written.contains(Self.fingerprint(finding)) }
    }

    /// Notes findings that are in the output.
    ///
    /// - Parameters:
    ///   - findings: What was written.
    ///   - path: The absolute path of the output; nil if it is not a file.
    ///   - end: Its length.
    package func note(written findings: [Finding], to path: String?, end: Int) {
        guard !findings.isEmpty else { return }
        state.withLock { state in
            var members: [(key: String, value: JSONValue)] = [
                (
                    "written",
                    .array(findings.map { .string(String(Self.fingerprint($0), radix: 16)) })
                )
            ]
            if let path {
                members.append(("output", .string(path)))
                members.append(("end", .number("\(end)")))
            }
            var bytes: [UInt8] = []
            JSONValue.object(members).append(to: &bytes)
            state.log.append(bytes)
        }
    }

    /// Forgets what was written: the output is gone.
    package func forgetWritten() { state.withLock { $0.written = [] } }

    /// Writes what was noted.
    package func flush() throws(StoreFailure) {
        let result = state.withLock { state -> StoreFailure? in
            do throws(StoreFailure) {
                try state.log.flush()
                return nil
            } catch {
                return error
            }
        }
        if let result { throw result }
    }

    /// Closes the file; false when bytes could not be stored.
    package func close() -> Bool { state.withLock { $0.log.close() } }

    private static func fingerprint(_ finding: Finding) -> UInt64 {
        let location = finding.location
        let parts = [
            location.document, "\(location.line ?? 0)", "\(location.column ?? 0)", finding.target, finding.kind,
        ]
        return SipHash.hash(Array(parts.joined(separator: "\n").utf8))
    }
}
