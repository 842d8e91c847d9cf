import FetchArgumentParser
import FetchRecords
import FetchSystem

/// The options for reports of a run.
struct ReportOptions: ParsableArguments {
    /// A report that the user asks for.
    struct Wanted: Sendable {
        let format: ReportFormat
        /// nil for the summary of a step of GitHub Actions.
        let file: String?

        /// The option as the user writes it.
        var option: String { "--report \(format.rawValue)" }
    }

    @Option(
        help: ArgumentHelp(
            "Write a report of the run to a file: html, markdown, junit, json, har (fetch, crawl) or sarif (check); repeatable. Without a file, markdown is appended to $GITHUB_STEP_SUMMARY.",
            valueName: "format=file"))
    var report: [String] = []

    @Option(
        help: ArgumentHelp(
            "Percentiles of response times in reports, separated by commas. (default: 50,90,95,99,99.9)",
            valueName: "list"))
    var percentiles: String?

    @Flag(help: "Include bodies in --report har (maximum 4M each, 128M together).")
    var harContent = false

    @Option(
        help: ArgumentHelp(
            "Serve a page that shows the run while it goes on, and its metrics for Prometheus, on this port of 127.0.0.1; 0 takes a free one. The address is written to standard error. (default: off)",
            valueName: "port"),
        transform: OptionValue.integer(0...65_535))
    var watchPort: Int?

    func validate() throws {
        let reports = try parsed()
        _ = try percentileList()
        if percentiles != nil, reports.isEmpty { throw ValidationError("--percentiles needs --report") }
        if harContent, !has(.har) { throw ValidationError("--har-content needs --report har=FILE") }
    }

    /// The reports.
    var wanted: [Wanted] { (try? parsed()) ?? [] }

    /// Whether a report of a format is asked for.
    func has(_ format: ReportFormat) -> Bool { wanted.contains { $0.format == format } }

    private func parsed() throws -> [Wanted] {
        try report.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let format = ReportFormat(rawValue: parts[0]) else {
                let formats = ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError(
                    "--report: \(ParseFailure.quoted(parts[0])) is not a valid format (\(formats)); write FORMAT=FILE")
            }
            let file = parts.count > 1 ? parts[1] : nil
            if file == nil, format != .markdown {
                throw ValidationError(
                    "--report \(format.rawValue) needs a file: write --report \(format.rawValue)=FILE")
            }
            try OptionValue.checkFile(file, "--report \(format.rawValue)")
            if file == "-" {
                throw ValidationError("--report \(format.rawValue): standard output is for records; name a file")
            }
            return Wanted(format: format, file: file)
        }
    }

    /// The percentiles of reports.
    func percentileList() throws -> [Double] {
        guard let percentiles else { return ReportHead.usualPercentiles }
        let comma: Character = ","
        let values = percentiles.split(separator: comma, omittingEmptySubsequences: false).map { text -> Double? in
            guard text.utf8.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: ".") }), text.utf8.count <= 12,
                let value = Double(String(text)), value > 0, value <= 100
            else { return nil }
            return value
        }
        guard values.count <= 20, !values.contains(nil) else {
            throw ValidationError(
                "--percentiles: \(ParseFailure.quoted(percentiles)) is not a valid list: up to 20 numbers above 0, up to 100, "
                    + "such as 50,90,99.9")
        }
        return values.compactMap { $0 }
    }
}
