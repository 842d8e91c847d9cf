import FetchHTTP
import FetchSystem

/// Findings of the link checker as SARIF 2.1.0, as code scanning reads it: a rule for each kind, a result for each finding.
struct SARIFReport {
    let report: RunReport
    let head: ReportHead

    /// The document.
    var bytes: [UInt8] {
        let kinds = Set(report.findings.map(\.kind)).sorted()
        let indices = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($1, $0) })
        var json = ReportJSON()
        json.object { json in
            json.text("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
            json.text("version", "2.1.0")
            json.array("runs") { json in
                json.object { json in
                    tool(kinds, &json)
                    invocation(&json)
                    // Columns are characters, not UTF-16 units.
                    json.text("columnKind", "unicodeCodePoints")
                    json.array("results") { json in
                        for finding in report.findings {
                            json.lineBreak()
                            result(finding, indices[finding.kind] ?? 0, &json)
                        }
                    }
                }
            }
        }
        return json.bytes + [0x0A]
    }

    private func tool(_ kinds: [String], _ json: inout ReportJSON) {
        json.object("tool") { json in
            json.object("driver") { json in
                json.text("name", "fetchall")
                json.text("version", head.version)
                json.array("rules") { json in
                    for kind in kinds {
                        json.object { json in
                            json.text("id", kind)
                            json.object("shortDescription") { $0.text("text", "Link check: \(kind)") }
                        }
                    }
                }
            }
        }
    }

    private func invocation(_ json: inout ReportJSON) {
        json.array("invocations") { json in
            json.object { json in
                json.bool("executionSuccessful", head.ending == nil)
                var notes: [String] = []
                if let ending = head.ending { notes.append("The run ended early: \(ending).") }
                if report.findingsLeftOut > 0 {
                    notes.append("\(report.findingsLeftOut) further findings are left out of this report.")
                }
                guard !notes.isEmpty else { return }
                json.array("toolExecutionNotifications") { json in
                    for note in notes {
                        json.object { json in
                            json.text("level", "warning")
                            json.object("message") { $0.text("text", note) }
                        }
                    }
                }
            }
        }
    }

    private func result(_ finding: Finding, _ rule: Int, _ json: inout ReportJSON) {
        json.object { json in
            json.text("ruleId", finding.kind)
            json.integer("ruleIndex", rule)
            switch finding.severity {
            case .error: json.text("level", "error")
            case .warning: json.text("level", "warning")
            case .skipped:
                json.text("level", "none")
                json.text("kind", "notApplicable")
            }
            json.object("message") { json in
                json.text("text", Self.message("\(finding.target): \(finding.message)"))
            }
            json.array("locations") { json in
                json.object { json in
                    json.object("physicalLocation") { json in
                        json.object("artifactLocation") { json in
                            json.text("uri", Self.uri(finding.location))
                        }
                        region(finding.location, &json)
                    }
                }
            }
        }
    }

    /// A text as a plain message, in which brackets would be a link and braces a placeholder (SARIF 2.1.0 §3.11.5, §3.11.6).
    static func message(_ text: String) -> String {
        var result = ""
        for scalar in ReportText.visible(text).unicodeScalars {
            switch scalar {
            case "\\", "[", "]": result += "\\"
            case "{", "}": result.unicodeScalars.append(scalar)
            default: break
            }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    private func region(_ location: Finding.Location, _ json: inout ReportJSON) {
        // SARIF 2.1.0 §3.30: lines and columns from 1.
        guard let line = location.line, line > 0 else { return }
        json.object("region") { json in
            json.integer("startLine", line)
            if let column = location.column, column > 0 { json.integer("startColumn", column) }
        }
    }

    /// The document as a URI reference (RFC 3986): a path is percent-encoded, and a first segment with a colon is not
    /// taken for a scheme.
    static func uri(_ location: Finding.Location) -> String {
        guard location.isFile else { return location.document }
        var bytes: [UInt8] = []
        for byte in ByteText.bytes(of: location.document) {
            if byte.isASCIILetter || byte.isASCIIDigit || "-._~/!$&'()*+,;=@:".utf8.contains(byte) {
                bytes.append(byte)
            } else {
                PercentEncoding.append(byte, to: &bytes)
            }
        }
        let path = ByteText.text(of: bytes)
        if path.hasPrefix("/") { return "file://" + path }
        let first = path.prefix { $0 != "/" }
        return first.contains(":") ? "./" + path : path
    }
}
