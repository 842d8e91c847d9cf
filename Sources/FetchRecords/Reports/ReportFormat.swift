/// The formats of reports.
package enum ReportFormat: String, CaseIterable, Sendable {
    case html, markdown, junit, json, sarif, har

    /// The report as a file of this format.
    package func bytes(of report: RunReport, _ head: ReportHead) -> [UInt8] {
        switch self {
        case .html: HTMLReport(report: report, head: head).bytes
        case .markdown: MarkdownReport(report: report, head: head).bytes
        case .junit: JUnitReport(report: report, head: head).bytes
        case .json: JSONReport(report: report, head: head).bytes
        case .sarif: SARIFReport(report: report, head: head).bytes
        case .har: HARReport(report: report, head: head).bytes
        }
    }
}
