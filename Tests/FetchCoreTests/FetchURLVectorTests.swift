import FetchHTTP
import FoundationEssentials
import TestSupport
import Testing

/// A row of `resolve_http.jsonl`.
struct ResolveRow: Decodable {
    let base: String?
    let input: String
    let href: String?
    let failure: Bool

    var name: String { "\(input.debugDescription) in \(base ?? "nothing")" }
}

/// A row of `toascii.jsonl`.
struct ToASCIIRow: Decodable {
    let input: String
    let output: String?
}

/// An entry of `urltestdata.json`: a comment or a case.
enum WebPlatformEntry: Decodable {
    case comment(String)
    case example(WebPlatformCase)

    init(from decoder: any Decoder) throws {
        if let comment = try? decoder.singleValueContainer().decode(String.self) {
            self = .comment(comment)
        } else {
            self = .example(try WebPlatformCase(from: decoder))
        }
    }
}

/// A case of `urltestdata.json`, in the words of the web platform tests.
struct WebPlatformCase: Decodable {
    let input: String
    let base: String?
    let failure: Bool?
    let href: String?
    let origin: String?
    let username: String?
    let password: String?
    let hostname: String?
    let port: String?
    let pathname: String?
    let search: String?
    let hash: String?

    var name: String { "\(input.debugDescription) in \(base ?? "nothing")" }
    var isHTTP: Bool { href.map { $0.hasPrefix("http:") || $0.hasPrefix("https:") } ?? false }
}

@Suite("URLs: public test vectors", .enabled(if: TestData.isPresent, "no ../shared/data"))
struct FetchURLVectorTests {
    private static let older =
        "the row is older than whatwg/url#914 and wpt#60476 (2026-06), since when an ASCII name never fails for its xn--"

    /// Cases that come out otherwise than the vectors say, with the reason. A test fails when one starts to pass.
    private static let exceptions = [
        "xn--1ug.example": older,
        "xn--zn7c.com": older,
    ]

    /// Records a failure for a case that differs and is not listed, or is listed and does not differ.
    private static func judge(_ name: String, _ differences: [String]) {
        if let reason = exceptions[name] {
            #expect(!differences.isEmpty, "\(name) passes now; it was an exception because \(reason)")
        } else {
            #expect(differences.isEmpty, "\(name)")
        }
    }

    private static func parse(_ input: String, base: String?) -> FetchURL? {
        guard let base else { return FetchURL(input) }
        return FetchURL(base).flatMap { FetchURL(input, base: $0) }
    }

    @Test("Links resolve as in resolve_http.jsonl")
    func resolve() throws {
        let rows = try TestData.rows("url/resolve_http.jsonl", as: ResolveRow.self)
        #expect(rows.count == 261)
        for row in rows {
            let href = Self.parse(row.input, base: row.base)?.href
            let expected = row.failure ? nil : row.href
            Self.judge(row.name, href == expected ? [] : ["\(href ?? "failure") is not \(expected ?? "failure")"])
        }
    }

    @Test("Every component is as in urltestdata.json")
    func webPlatform() throws {
        let entries = try JSONDecoder().decode(
            [WebPlatformEntry].self, from: Data(TestData.bytes("url/urltestdata.json")))
        var parsed = 0
        var refused = 0
        var blocked = 0
        for case .example(let row) in entries {
            // Where the base is of another scheme only absolute URLs are of interest: they do without it.
            let base = row.base.flatMap { FetchURL($0) }
            if row.isHTTP {
                parsed += 1
                Self.judge(row.name, Self.differences(FetchURL(row.input, base: base), row))
            } else if row.base == nil || base != nil {
                let kind = Self.refusal(row.input, base: base)
                if row.failure == true {
                    refused += 1
                    Self.judge(row.name, kind == nil ? ["is accepted"] : [])
                } else {
                    blocked += 1
                    Self.judge(row.name, kind == .blockedScheme ? [] : ["is not blocked"])
                }
            }
        }
        #expect([parsed, refused, blocked] == [133, 128, 125])
    }

    @Test("Hosts become ASCII as in toascii.jsonl")
    func toASCII() throws {
        let rows = try TestData.rows("url/toascii.jsonl", as: ToASCIIRow.self)
        #expect(rows.count == 19)
        for row in rows {
            let host = FetchURL("https://\(row.input)/x")?.host
            Self.judge(row.input, host == row.output ? [] : ["\(host ?? "failure") is not \(row.output ?? "failure")"])
        }
    }

    private static func refusal(_ input: String, base: FetchURL?) -> FetchError.Kind? {
        do {
            _ = try FetchURL.parse(input, base: base)
            return nil
        } catch {
            return error.kind
        }
    }

    private static func differences(_ url: FetchURL?, _ row: WebPlatformCase) -> [String] {
        guard let url else { return ["is refused"] }
        let pairs: [(String, String, String?)] = [
            ("href", url.href, row.href),
            ("origin", url.origin.serialization, row.origin ?? url.origin.serialization),
            ("username", url.username, row.username),
            ("password", url.password, row.password),
            ("hostname", url.host, row.hostname),
            ("port", url.port.map(String.init) ?? "", row.port),
            ("pathname", url.path, row.pathname),
            ("search", delimited("?", url.query), row.search),
            ("hash", delimited("#", url.fragment), row.hash),
        ]
        return pairs.filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1) is not \($0.2 ?? "nothing")" }
    }

    /// The API of the web leaves the delimiter out where nothing follows it.
    private static func delimited(_ delimiter: String, _ text: String?) -> String {
        text.map { $0.isEmpty ? "" : delimiter + $0 } ?? ""
    }
}
