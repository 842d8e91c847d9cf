package import FetchHTTP
import FetchSystem

/// Writes an input as a line of a list that is valid as input again and contains no secret.
///
/// A request is the same request when it is read again, except for its secrets. A line that was not a request stays
/// invalid: a line that was cut or repaired could become the URL of something else.
package struct FailedLine {
    /// Whether a line has omitted credentials or secret fields, so that the user must give them again.
    package private(set) var leftOutSecrets = false

    /// The folders of the files that lines name: their names are relative to it.
    package private(set) var folders: Set<String> = []

    /// Makes a writer.
    package init() {}

    /// Appends the line with its line break.
    package mutating func append(_ input: Input, to out: inout [UInt8]) {
        switch input.request {
        case .success(let request):
            let text = request.url.hasCredentials ? request.url.withoutCredentials.href : input.text
            if request.url.hasCredentials { leftOutSecrets = true }
            if input.isJSONLine || !Self.isPlain(input.id) {
                appendJSON(input, url: text, request, to: &out)
            } else {
                out.append(contentsOf: Self.plain(id: input.id, text))
            }
        case .failure:
            out.append(contentsOf: invalid(input))
        }
        out.append(0x0A)
    }

    /// The line of an input that was not a request.
    private mutating func invalid(_ input: Input) -> [UInt8] {
        let hidden = PrintableURL.text(of: input)
        if hidden != input.text || !input.isJSONLine && input.text.hasSuffix("***") { leftOutSecrets = true }
        // A NUL near the beginning would make the whole list "not a text file", and an LF would make two lines of one.
        let text = String(
            String.UnicodeScalarView(hidden.unicodeScalars.map { $0 == "\0" || $0 == "\n" ? "\u{1}" : $0 }))
        var candidates: [[UInt8]] = []
        if input.isJSONLine, text.hasPrefix("{") {
            candidates.append(Array(text.utf8))
        } else if !input.isJSONLine, Self.isPlain(input.id) {
            candidates.append(Self.plain(id: input.id, text))
        }
        // No URL ends in a control character, so the last of them is not a valid URL.
        for url in [text, text + "\u{1}"] {
            var line: [UInt8] = []
            appendJSON(input, url: url, input.withoutURL, to: &line)
            candidates.append(line)
        }
        return candidates.first(where: Self.isInvalid) ?? candidates.last ?? []
    }

    /// Whether a line, read again, gives one input that cannot be sent.
    private static func isInvalid(_ line: [UInt8]) -> Bool {
        let splitterLine = LineSplitter.Line(bytes: line[...], isCut: line.count > LineSplitter.maximumLength)
        var lines = ListLine(defaults: RequestDefaults())
        let input = lines.input(splitterLine, index: 0, location: "")
        if case .failure = input?.request { return true }
        return false
    }

    /// Whether an id can be written before a tab and read again unchanged. Ids of programs and JSON requests may
    /// contain anything.
    private static func isPlain(_ id: String?) -> Bool {
        guard let id else { return true }
        guard let first = id.utf8.first, let last = id.utf8.last else { return false }
        return first > 0x20 && last > 0x20 && first != UInt8(ascii: "#") && first != UInt8(ascii: "{")
            && !id.unicodeScalars.starts(with: ["\u{FEFF}"]) && id.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    private static func plain(id: String?, _ text: String) -> [UInt8] {
        Array((id.map { "\($0)\t" } ?? "").utf8) + Array(text.utf8)
    }

    private mutating func appendJSON(_ input: Input, url: String, _ request: Request?, to out: inout [UInt8]) {
        var members: [(key: String, value: JSONValue)] = []
        if let id = input.id { members.append(("id", .string(id))) }
        members.append(("url", .string(url)))
        if let request {
            members.append(("method", .string(request.method)))
            let fields = fields(
                request.headers.filterFields { !MultipartForm.isGenerated($0, $1, of: request) })
            if !fields.isEmpty { members.append(("headers", .object(fields))) }
            // A body that is not text came with `-d @FILE`, and comes with it again.
            if let body = request.body.flatMap({ String(validating: $0, as: UTF8.self) }) {
                members.append(("body", .string(body)))
            }
            // One without a member came with an option, and comes with it again.
            if let upload = request.upload, let member = upload.member {
                members.append(member)
                for case .file(let file) in upload.pieces { if let folder = file.folder { folders.insert(folder) } }
            }
        }
        if let checksum = input.checksum {
            members.append((checksum.algorithm.rawValue, .string(checksum.hexadecimal)))
        }
        JSONValue.object(members).append(to: &out)
    }

    /// The fields that a line may set, each name once, without secrets.
    private mutating func fields(_ headers: HeaderFields) -> [(key: String, value: JSONValue)] {
        var fields: [(key: String, value: JSONValue)] = []
        var unwritable: Set<String> = []
        headers.forEachField { name, value in
            if String(validating: value, as: UTF8.self) == nil { unwritable.insert(name.lowercased()) }
        }
        // `-H Host:` must be given again on the command line.
        for field in headers.fields where !JSONRequestLine.isRefused(field.name) {
            let name = field.name.lowercased()
            // A value that is not text came with `-H`, and comes with it again: JSON cannot hold it.
            if unwritable.contains(name) { continue }
            if SecretName.occurs(in: name) {
                leftOutSecrets = true
            } else if let index = fields.firstIndex(where: { $0.key.lowercased() == name }),
                case .array(let values) = fields[index].value
            {
                fields[index].value = .array(values + [.string(field.value)])
            } else {
                fields.append((field.name, .array([.string(field.value)])))
            }
        }
        for name in headers.leftOut where !JSONRequestLine.isRefused(name) && !headers.contains(name) {
            fields.append((name, .null))
        }
        return fields
    }
}
