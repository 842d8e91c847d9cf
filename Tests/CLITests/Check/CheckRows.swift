import FoundationEssentials
import Testing

/// A finding of `fetchall check --jsonl`, decoded.
struct CheckRow: Decodable, Sendable {
    let severity: String
    let kind: String
    let message: String
    let page: String?
    let file: String?
    let line: Int?
    let column: Int?
    let text: String?
    let url: String
    let responseCode: Int?
    let numRedirects: Int?
    let urlEffective: String?
    let remoteIp: String?

    /// The findings of a run.
    static func lines(_ result: ToolResult) throws -> [CheckRow] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try result.bytes.split(separator: 0x0A).map { try decoder.decode(CheckRow.self, from: Data($0)) }
    }

    /// The last part of the file's path.
    var fileName: String { String(file?.split(separator: "/").last ?? "") }
}

/// A link of a page, and the kinds of the findings that it has: none for a sound one.
struct CheckCase: Sendable {
    let html: String
    let kinds: [String]

    /// A link that is sound, or has one finding.
    static func link(_ href: String, _ kind: String? = nil) -> CheckCase {
        CheckCase(html: "<a href=\"\(href)\">a link</a>", kinds: kind.map { [$0] } ?? [])
    }

    /// Any element.
    static func element(_ html: String, _ kind: String? = nil) -> CheckCase {
        CheckCase(html: html, kinds: kind.map { [$0] } ?? [])
    }
}
