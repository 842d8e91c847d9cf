import FetchArgumentParser
import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import SystemPackage

/// The files of `--report`. Each is written as a whole at the end of the run, however it ends.
struct ReportFiles: Sendable {
    private struct File: Sendable {
        let format: ReportFormat
        let path: String
        /// Whether the report is appended, as to the summary of a step.
        let isAppended: Bool
    }

    /// Collects what they say.
    let collector: ReportCollector
    private let files: [File]
    private let percentiles: [Double]

    /// Finds out whether all can be written; nil if there is none.
    ///
    /// - Throws: An ``InputFailure`` with a sentence for the user, or `ValidationError` where a file is not named.
    init?(_ options: ReportOptions, environment: (String) -> String?) throws {
        guard !options.report.isEmpty else { return nil }
        files = try options.wanted.map { report in
            if let path = report.file { return File(format: report.format, path: path, isAppended: false) }
            guard let path = environment("GITHUB_STEP_SUMMARY"), !path.isEmpty else {
                throw ValidationError(
                    "--report markdown: GITHUB_STEP_SUMMARY is not set; write --report markdown=FILE")
            }
            return File(format: report.format, path: path, isAppended: true)
        }
        percentiles = try options.percentileList()
        let exchanges: HARExchange.Content? = options.has(.har) ? options.harContent ? .bodies : .fields : nil
        collector = ReportCollector(RunReport(exchanges: exchanges))
        for file in files {
            do throws(Errno) {
                if file.isAppended {
                    try CompleteFile.append([], to: file.path)
                } else {
                    try CompleteFile.check(file.path)
                }
            } catch {
                throw InputFailure("cannot write \(TerminalText.escaped(file.path)): \(error)")
            }
        }
    }

    /// Learns the secrets of proxies, and which fields are secret.
    func learn(_ network: NetworkOptions, _ environment: (String) -> String?) {
        let proxies = RunScope.proxies(network, environment)
        let fields = network.details?.proxyFields ?? []
        collector.learn { mask in
            mask.secretFields = network.secretFields
            for proxy in proxies { mask.learn(proxy: proxy) }
            for line in fields {
                guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
                mask.add(line[(colon + 1)...].drop { $0 == 0x20 })
            }
        }
    }

    /// Writes all of them.
    ///
    /// - Parameters:
    ///   - command: The command of the run.
    ///   - elapsed: The duration of the run.
    ///   - ending: Why it ended early; nil if it did not.
    ///   - links: The totals of the link checker; nil for records.
    /// - Returns: For each that could not be written, a sentence.
    func write(
        _ command: OptionRules.Command, _ elapsed: Duration, ending: String?, links: String? = nil
    ) -> [String] {
        let report = collector.value
        var head = ReportHead(
            version: Fetchall.version, command: command.rawValue, elapsed: elapsed, ending: ending,
            percentiles: percentiles)
        head.links = links
        var problems: [String] = []
        for file in files {
            let bytes = file.format.bytes(of: report, head)
            do throws(Errno) {
                if file.isAppended {
                    try CompleteFile.append(bytes, to: file.path)
                } else {
                    try CompleteFile.write(bytes, to: file.path)
                }
            } catch {
                problems.append("cannot write \(TerminalText.escaped(file.path)): \(error)")
            }
        }
        return problems
    }
}

extension RunConclusion {
    /// Writes the reports of the run, also of one that ended early.
    ///
    /// - Parameters:
    ///   - status: The status of the run so far.
    ///   - reason: Why the run was stopped; nil if it was not.
    ///   - links: The totals of the link checker; nil for records.
    /// - Returns: The status of the run.
    func report(
        _ status: ExitStatus, _ command: OptionRules.Command, _ elapsed: Duration, stopped reason: StopReason?,
        links: String? = nil
    ) -> ExitStatus {
        guard let reports = files.reports else { return status }
        let ending: String? =
            switch (end, reason) {
            case (.failed(let message), _): message
            case (.closed, _): "the reader of the records has left"
            case (nil, .interrupted): "it was interrupted"
            case (nil, .deadline): "its deadline has passed"
            case (nil, .failed): "a record failed"
            // A list that is complete closes its stream.
            case (nil, .outputClosed), (nil, nil): nil
            }
        let problems = reports.write(command, elapsed, ending: ending, links: links)
        for problem in problems { console.say("fetchall: \(problem)") }
        return problems.isEmpty ? status : .io
    }
}
