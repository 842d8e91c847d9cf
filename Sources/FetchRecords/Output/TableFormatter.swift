package import FetchHTTP
import FetchSystem

/// Writes the table for the user: one row for each outcome as it completes.
///
/// It never looks ahead, so the columns before the URL have fixed widths. Text from outside is escaped, and a row is
/// cut to the terminal's width: one record is one line.
package struct TableFormatter: Formatter {
    private let width: Int?
    private let color: Bool

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - width: The maximum columns of a row; nil for no limit.
    ///   - color: Whether statuses and errors are coloured.
    package init(width: Int? = nil, color: Bool = false) {
        self.width = width
        self.color = color
    }

    /// Appends the header row.
    package mutating func begin(into out: inout [UInt8]) {
        var line = TerminalLine()
        line.append(Self.columns("#", "STATUS", "TIME", "SIZE", "RETRIES").joined() + "URL", .bold)
        append(line, into: &out)
    }

    /// Appends one record.
    package mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        let response = outcome.response
        let columns = Self.columns(
            "\(outcome.input.index)", Self.status(of: outcome),
            (outcome.timing ?? response?.timing).map { HumanText.time($0.total) } ?? "-",
            response.map { HumanText.size($0.size) } ?? "-",
            "\(outcome.retries)")
        var line = TerminalLine()
        line.append(columns[0])
        line.append(columns[1], Self.style(of: outcome))
        line.append(columns[2...].joined())
        // A reader can tell a shortened URL; a failure without its reason says nothing.
        let room = width.map { self.room(in: $0, besides: columns, outcome.error) }
        line.append(TerminalText.cut(TerminalText.escaped(PrintableURL.text(of: outcome.input)), to: room))
        if let effective = outcome.redirectedURL ?? outcome.unfollowedURL {
            line.append(" → \(TerminalText.escaped(effective.redacted))")
        }
        if let error = outcome.error {
            line.append("  ")
            line.append(TerminalText.escaped(error.description), .red)
        } else if let reason = outcome.crawl?.skipped {
            line.append("  skipped: \(reason.slug)", .yellow)
        } else if let name = outcome.fileName {
            line.append("  " + TerminalText.escaped(name))
            if let reason = outcome.saved?.skipped { line.append("  skipped: \(reason)", .yellow) }
        }
        append(line, into: &out)
        for page in outcome.crawl?.referrers ?? [] {
            append(TerminalLine("       on " + TerminalText.escaped(page)), into: &out)
        }
    }

    /// Appends the end of the document.
    package mutating func end(into out: inout [UInt8]) {}

    private func append(_ line: TerminalLine, into out: inout [UInt8]) {
        out.append(contentsOf: line.rendered(width: width, color: color).utf8)
        out.append(0x0A)
    }

    /// The columns for a URL, so that the kind of its error is seen too. That of a status is in a column of its own.
    private func room(in width: Int, besides columns: [String], _ error: FetchError?) -> Int {
        let rest = width - columns.reduce(0) { $0 + $1.utf8.count }
        guard let error, error.kind != .httpStatus else { return width }
        return max(12, rest - error.kind.rawValue.utf8.count - 3)
    }

    private static func columns(
        _ index: String, _ status: String, _ time: String, _ size: String, _ retries: String
    ) -> [String] {
        [
            HumanText.rightAligned(index, 5) + "  ", HumanText.leftAligned(status, 6),
            HumanText.rightAligned(time, 9), HumanText.rightAligned(size, 10),
            HumanText.rightAligned(retries, 9) + "  ",
        ]
    }

    /// The status; `ERR` without one, and for a transfer that failed after it: a 200 in the row would look like success.
    private static func status(of outcome: Outcome) -> String {
        guard let response = outcome.response else { return outcome.isOK ? "-" : "ERR" }
        return outcome.failedAfterStatus ? "ERR" : "\(response.status)"
    }

    private static func style(of outcome: Outcome) -> TerminalLine.Style {
        if outcome.failedAfterStatus { return .red }
        return switch outcome.response?.status ?? 0 {
        case 200..<300 where outcome.isOK: .green
        case 300..<400: .yellow
        default: outcome.isOK ? .plain : .red
        }
    }
}

extension Outcome {
    /// Whether the record failed for another reason than the status of its response.
    fileprivate var failedAfterStatus: Bool {
        switch error?.kind {
        case nil, .httpStatus, .rateLimited, .tooManyRedirects: false
        default: response != nil
        }
    }

    /// Where a redirect leads that was not followed in this row: a crawl has a row for each hop.
    fileprivate var unfollowedURL: FetchURL? {
        guard let response, RedirectPolicy.isRedirect(response.status), case .success(let request) = input.request,
            let location = try? RedirectPolicy.location(in: response.headers)
        else { return nil }
        return try? RedirectPolicy.target(of: location, base: effectiveURL ?? request.url)
    }

    /// The effective URL, if it differs from the input's.
    var redirectedURL: FetchURL? {
        guard case .success(let request) = input.request, let effectiveURL,
            effectiveURL.requestString != request.url.requestString
        else { return nil }
        return effectiveURL
    }
}
