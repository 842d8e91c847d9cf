package import FetchHTTP
package import FetchSystem

/// The template for names of saved files: text with `{index}` `{index:06}` `{id}` `{host}` `{path}` `{name}` `{ext}`
/// `{1}` `{2}` `{date}` `{sha256}`.
///
/// Whatever the URL is, the result is one relative path inside the directory: no `..`, no hidden or option-like name,
/// no control character, no component longer than 255 bytes. Only the template's text and `{path}` can contain a `/`.
package struct FileNameTemplate: Sendable, Hashable, CustomStringConvertible {
    /// The content of a pair of braces.
    private enum Variable: Hashable {
        case index(width: Int)
        case id
        case host
        case path
        case name
        case ext
        /// The value of a glob of the input's URL, from 1; empty beyond the last.
        case glob(Int)
        case date
        case digest
    }

    private enum Part: Hashable {
        case text(String)
        case variable(Variable)
    }

    /// `{name}`: the last part of the URL's path.
    package static let standard = FileNameTemplate(parts: [.variable(.name)], description: "{name}")
    /// The name for a URL that ends in a slash.
    private static let indexName = "index.html"
    /// The maximum length of a path in bytes; the first directories of a longer path are omitted.
    private static let maximumLength = 2048
    /// The maximum number of globs in a URL.
    private static let maximumGlobs = 100
    private static let advice = "use {index} {index:06} {id} {host} {path} {name} {ext} {1} {date} {sha256}"

    private let parts: [Part]
    /// The value of `{date}`; empty in a template without it.
    private let today: String
    /// The template's text.
    package let description: String

    private init(parts: [Part], description: String, today: String = "") {
        self.parts = parts
        self.description = description
        self.today = today
    }

    /// Parses a template.
    ///
    /// - Parameters:
    ///   - text: The template.
    ///   - milliseconds: The time whose day in UTC `{date}` is, since 1970: all files of a run have the same.
    /// - Throws: For an empty, absolute or too long template, for `..`, and for an unknown variable.
    package init(
        _ text: String, at milliseconds: @autoclosure () -> Int64 = SystemTime().wallMilliseconds()
    ) throws(ParseFailure) {
        guard !text.isEmpty else { throw ParseFailure("the filename template is empty: \(Self.advice)") }
        guard text.utf8.count <= 1024 else {
            throw ParseFailure("the filename template is longer than 1024 bytes: \(ParseFailure.quoted(text))")
        }
        guard text.utf8.first != UInt8(ascii: "/") else {
            throw ParseFailure("the filename template \(ParseFailure.quoted(text)) must not begin with '/'")
        }
        guard !text.split(separator: "/").contains("..") else {
            throw ParseFailure("the filename template \(ParseFailure.quoted(text)) must not contain '..'")
        }
        var parts: [Part] = []
        var rest = text.unicodeScalars[...]
        while let next = rest.first {
            if next == "{" {
                guard let end = rest.firstIndex(of: "}") else {
                    throw ParseFailure("the filename template \(ParseFailure.quoted(text)) has '{' without '}'")
                }
                parts.append(.variable(try Self.variable(Substring(rest[..<end].dropFirst()))))
                rest = rest[end...].dropFirst()
            } else {
                parts.append(.text(String(Substring(rest.prefix { $0 != "{" }))))
                rest = rest.drop { $0 != "{" }
            }
        }
        let hasDate = parts.contains(.variable(.date))
        self.init(parts: parts, description: text, today: hasDate ? Self.day(milliseconds()) : "")
    }

    /// Whether a name is known only when the digest of the body is: SHA-256, in lower case.
    package var needsDigest: Bool { parts.contains(.variable(.digest)) }

    /// Whether names contain values of globs.
    package var needsGlobs: Bool {
        parts.contains { if case .variable(.glob) = $0 { true } else { false } }
    }

    /// `2026-01-31`
    private static func day(_ milliseconds: Int64) -> String {
        var text: [UInt8] = []
        var writer = TimestampWriter()
        writer.append(milliseconds, into: &text)
        return String(String.UnicodeScalarView(text.prefix { $0 != UInt8(ascii: "T") }.map { Unicode.Scalar($0) }))
    }

    private static func variable(_ name: Substring) throws(ParseFailure) -> Variable {
        switch name {
        case "index": return .index(width: 0)
        case "id": return .id
        case "host": return .host
        case "path": return .path
        case "name": return .name
        case "ext": return .ext
        case "date": return .date
        case "sha256": return .digest
        default: break
        }
        if name.utf8.first != 0x30, name.utf8.allSatisfy(\.isASCIIDigit), let number = Int(name),
            number <= maximumGlobs
        {
            return .glob(number)
        }
        let digits = name.dropFirst("index:0".count)
        if name.hasPrefix("index:0"), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let width = Int(digits), (1...20).contains(width)
        {
            return .index(width: width)
        }
        throw ParseFailure("unknown variable \(ParseFailure.quoted("{\(name)}")) in the filename template: \(advice)")
    }

    /// The safe relative path of a file for an input.
    ///
    /// - Parameters:
    ///   - input: The input.
    ///   - url: The URL of the response.
    ///   - digest: The SHA-256 of the body in lower case; while it is not known, the index takes its place.
    package func name(for input: Input, url: FetchURL, digest: String? = nil) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .variable(let variable): text += value(of: variable, input, url, digest)
            }
        }
        return Self.safePath(text)
    }

    private func value(of variable: Variable, _ input: Input, _ url: FetchURL, _ digest: String?) -> String {
        switch variable {
        case .index(let width):
            let digits = String(input.index)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        case .id: return SafeName.component(input.id ?? String(input.index))
        case .host: return SafeName.component(url.host)
        case .path:
            let folders = url.path.utf8.split(separator: UInt8(ascii: "/")).map { Self.decoded($0) }
            let isFolder = url.path.utf8.last == UInt8(ascii: "/") || folders.isEmpty
            return (folders + (isFolder ? [Self.indexName] : [])).joined(separator: "/")
        case .name: return Self.lastName(of: url)
        case .ext: return String(SafeName.split(Self.lastName(of: url)).ext.dropFirst())
        case .glob(let number):
            let values = input.globParts
            return number <= values.count ? SafeName.component(values[number - 1]) : ""
        case .date: return today
        case .digest: return digest ?? String(input.index)
        }
    }

    private static func lastName(of url: FetchURL) -> String {
        let last = url.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last
        let name = last.map { decoded($0) } ?? ""
        return name.isEmpty ? indexName : name
    }

    /// A segment of a path, percent-decoded and safe: a decoded slash is not a separator.
    private static func decoded(_ segment: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(segment.count)
        var rest = segment
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy({ Character(.init($0)).isHexDigit }),
                let value = UInt8(String(Substring(digits)), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return SafeName.component(String(decoding: bytes, as: UTF8.self))
    }

    private static func safePath(_ text: String) -> String {
        var components = text.unicodeScalars.split(separator: "/").map { SafeName.component(Substring($0)) }
        if components.isEmpty { return "_" }
        var length = components.reduce(components.count - 1) { $0 + $1.utf8.count }
        var dropped = 0
        while length > maximumLength, dropped < components.count - 1 {
            length -= components[dropped].utf8.count + 1
            dropped += 1
        }
        components.removeFirst(dropped)
        return components.joined(separator: "/")
    }
}
