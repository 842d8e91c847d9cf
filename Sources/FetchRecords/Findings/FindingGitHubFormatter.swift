package import FetchHTTP
import FetchSystem

/// Writes findings as workflow commands, which GitHub shows beside the line of the file
/// (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>).
package struct FindingGitHubFormatter: FindingFormatter {
    /// Makes a formatter.
    package init() {}

    /// Appends nothing.
    package mutating func begin(into out: inout [UInt8]) {}

    /// Appends `::error file=a.md,line=3,col=5,title=http-status::https://example.org/x: 404 Not Found`.
    package mutating func append(_ finding: Finding, into out: inout [UInt8]) {
        let location = finding.location
        var properties: [String] = []
        var message = "\(finding.target): \(finding.message)"
        if location.isFile {
            properties.append("file=\(Self.property(location.document))")
            if let line = location.line { properties.append("line=\(line)") }
            if let column = location.column { properties.append("col=\(column)") }
        } else {
            let line = location.line.map { " line \($0)" } ?? ""
            message += " (on \(location.document)\(line))"
        }
        properties.append("title=\(Self.property(finding.kind))")
        let command = "::\(Self.command(finding.severity)) \(properties.joined(separator: ","))::\(Self.data(message))"
        out += TerminalText.escaped(command).utf8
        out.append(0x0A)
    }

    /// Appends nothing.
    package mutating func end(into out: inout [UInt8]) {}

    private static func command(_ severity: Finding.Severity) -> String {
        switch severity {
        case .error: "error"
        case .warning: "warning"
        case .skipped: "notice"
        }
    }

    /// A message, escaped as GitHub's toolkit does
    /// (<https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>, escapeData).
    static func data(_ text: String) -> String { escaped(text, [UInt8(ascii: "%"), 0x0D, 0x0A]) }

    /// A property, escaped as GitHub's toolkit does (escapeProperty).
    static func property(_ text: String) -> String {
        escaped(text, [UInt8(ascii: "%"), 0x0D, 0x0A, UInt8(ascii: ":"), UInt8(ascii: ",")])
    }

    private static func escaped(_ text: String, _ bytes: Set<UInt8>) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            guard scalar.isASCII, bytes.contains(UInt8(scalar.value)) else {
                result.unicodeScalars.append(scalar)
                continue
            }
            let digits = String(scalar.value, radix: 16, uppercase: true)
            result += scalar.value < 16 ? "%0\(digits)" : "%\(digits)"
        }
        return result
    }
}
