/// The pattern of `--filename-template`: what the file of a body is called below the output folder.
///
/// Whatever the URL, the result is a relative path that stays in the folder, see ``SafeName``. Only `{path}` brings
/// folders of its own; a `/` from any other variable becomes `_`.
public struct FileNameTemplate: Sendable, Hashable {
    /// `{name}`.
    public static let standard = FileNameTemplate(parts: [.name])

    private enum Part: Sendable, Hashable {
        case text(String)
        case index(width: Int)
        case id, host, path, name, fileExtension
    }

    private let parts: [Part]

    private init(parts: [Part]) { self.parts = parts }

    /// Reads a template with the variables `{index}` (`{index:06}` fills up with zeros), `{id}`, `{host}`, `{path}`,
    /// `{name}` and `{ext}`.
    public init(_ text: some StringProtocol) throws(ParseFailure) {
        guard !text.isEmpty else { throw ParseFailure("the template is empty; write {name} or {index}.{ext}") }
        guard !text.hasPrefix("/") else { throw ParseFailure("the template must not begin with /") }
        var parts: [Part] = []
        var rest = text[...]
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[brace] == "{", let end = rest[brace...].firstIndex(of: "}") else {
                throw ParseFailure("a brace without its other half in \(ParseFailure.quoted(text))")
            }
            if brace > rest.startIndex { parts.append(.text(String(rest[..<brace]))) }
            parts.append(try Self.variable(String(rest[rest.index(after: brace)..<end])))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    /// The path of an input's file, relative and safe, not yet unique: see ``NameRegistry``.
    ///
    /// - Parameters:
    ///   - index: The index of the input.
    ///   - id: Its id; without one `{id}` is the index.
    ///   - url: Its URL. The one that was asked for, since it is known before anything arrives.
    public func path(index: Int, id: String?, url: FetchURL) -> String {
        let joined = parts.map { part in
            switch part {
            case .text(let text): text
            case .index(let width): Self.padded(index, to: width)
            case .id: Self.flat(id.flatMap { $0.isEmpty ? nil : $0 } ?? String(index))
            case .host: Self.flat(url.host.filter { $0 != "[" && $0 != "]" })
            case .path: Self.folders(of: url)
            case .name: Self.flat(Self.name(of: url))
            case .fileExtension: String(SafeName.dotExtension(of: Self.name(of: url)).dropFirst())
            }
        }.joined()
        return SafeName.path(joined)
    }

    private static func variable(_ text: String) throws(ParseFailure) -> Part {
        let pieces = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if pieces.count == 2, pieces[0] == "index" {
            guard pieces[1].hasPrefix("0"), let width = Int(pieces[1]), (1...20).contains(width) else {
                throw ParseFailure("{\(text.prefix(40))}: write the width with a 0 before it, as in {index:06}")
            }
            return .index(width: width)
        }
        switch text {
        case "index": return .index(width: 0)
        case "id": return .id
        case "host": return .host
        case "path": return .path
        case "name": return .name
        case "ext": return .fileExtension
        default:
            throw ParseFailure(
                "unknown variable \(ParseFailure.quoted(text)); there are {index}, {id}, {host}, {path}, {name}, {ext}")
        }
    }

    /// The last segment of the path, decoded; `index.html` for a folder.
    private static func name(of url: FetchURL) -> String {
        let segments = url.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let last = segments.last, !last.isEmpty else { return "index.html" }
        return decoded(last)
    }

    /// The whole path, each segment decoded by itself: an encoded slash is no folder.
    private static func folders(of url: FetchURL) -> String {
        let segments = url.path.utf8.split(separator: UInt8(ascii: "/"))
        let path = segments.map { flat(decoded($0)) }.joined(separator: "/")
        return url.path.hasSuffix("/") ? path + "/index.html" : path
    }

    private static func decoded(_ segment: Substring.UTF8View) -> String {
        let bytes = PercentEncoding.decode(Array(segment)[...])
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func flat(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "/" ? "_" : $0 }))
    }

    private static func padded(_ index: Int, to width: Int) -> String {
        let digits = String(index)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
