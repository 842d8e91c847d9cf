package import FetchHTTP
import FetchSystem

/// Writes findings for the user: below the name of each page a line for each link.
package struct FindingTableFormatter: FindingFormatter {
    private let width: Int?
    private let color: Bool
    /// The page of the last line.
    private var document: String?

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - width: The maximum columns of a line; nil for no limit.
    ///   - color: Whether kinds are coloured.
    package init(width: Int? = nil, color: Bool = false) {
        self.width = width
        self.color = color
    }

    /// Appends nothing: a check without findings writes nothing.
    package mutating func begin(into out: inout [UInt8]) {}

    /// Appends `12:5    http-status  https://example.org/x  404 Not Found`, on a terminal cut to its width.
    package mutating func append(_ finding: Finding, into out: inout [UInt8]) {
        if document != finding.location.document {
            document = finding.location.document
            var line = TerminalLine()
            line.append(TerminalText.escaped(finding.location.document), .bold)
            append(line, into: &out)
        }
        var line = TerminalLine()
        line.append("  " + HumanText.leftAligned(Self.text(finding.location), 9))
        line.append(HumanText.leftAligned(TerminalText.escaped(finding.kind), 18) + "  ", Self.style(finding.severity))
        line.append(TerminalText.escaped(finding.target))
        let mark = finding.severity == .warning ? "warning: " : ""
        line.append("  " + mark + TerminalText.escaped(finding.message), .dim)
        if !finding.text.isEmpty { line.append("  [\(TerminalText.fit(finding.text, to: 40))]", .dim) }
        append(line, into: &out)
    }

    /// Appends nothing.
    package mutating func end(into out: inout [UInt8]) {}

    private func append(_ line: TerminalLine, into out: inout [UInt8]) {
        out.append(contentsOf: line.rendered(width: width, color: color).utf8)
        out.append(0x0A)
    }

    /// `12:5`; `-` where it is not known.
    private static func text(_ location: Finding.Location) -> String {
        guard let line = location.line else { return "-" }
        return location.column.map { "\(line):\($0)" } ?? "\(line)"
    }

    private static func style(_ severity: Finding.Severity) -> TerminalLine.Style {
        switch severity {
        case .error: .red
        case .warning: .yellow
        case .skipped: .dim
        }
    }
}
