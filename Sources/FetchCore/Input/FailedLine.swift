/// Writes inputs that failed as lines of a list, so that the file can be given to the next run.
///
/// A line means the same when it is read again, except that nothing secret is ever in it: user and password of a URL
/// and header fields that may hold a token are left out. What was no request stays none.
public struct FailedLine: Sendable {
    private let defaults: RequestDefaults

    /// Makes a writer.
    ///
    /// - Parameter defaults: What the command line gave to the requests; the next command line gives it again.
    public init(defaults: RequestDefaults = RequestDefaults()) { self.defaults = defaults }

    /// Appends the line of an input, with its line feed.
    ///
    /// - Returns: Whether something secret was left out, which the user must give again.
    public func append(_ input: Input, to out: inout [UInt8]) -> Bool {
        switch input.request {
        case .success(let request): append(request, of: input, to: &out)
        case .failure: appendInvalid(input, to: &out)
        }
    }

    private func append(_ request: Request, of input: Input, to out: inout [UInt8]) -> Bool {
        var leftOut = request.url.hasCredentials
        let text = leftOut || !isSame(input.text, request.url) ? request.url.withoutCredentials.href : input.text
        // A request that a program made may need JSON too.
        let isOrdinary = request == defaults.request(to: request.url)
        guard input.isJSONLine || !isOrdinary || !isPlain(input.id) else {
            out += plain(id: input.id, text)
            return leftOut
        }
        begin(id: input.id, url: text, &out)
        let ownBody = request.body == defaults.body ? nil : request.body
        if request.method != defaults.method(given: nil, hasBody: ownBody != nil) {
            member("method", request.method, &out)
        }
        leftOut = append(request.headers, hasOwnBody: ownBody != nil, &out) || leftOut
        if let ownBody {
            // Only a program can have given bytes that are no text; a list cannot say them.
            let body = String(validating: ownBody, as: UTF8.self)
            if let body { member("body", body, &out) } else { leftOut = true }
        }
        out += [UInt8(ascii: "}"), 0x0A]
        return leftOut
    }

    /// Writes the fields that the next command line would not give; true if a secret one was left out.
    private func append(_ headers: HeaderFields, hasOwnBody: Bool, _ out: inout [UInt8]) -> Bool {
        var leftOut = false
        var names: [String] = []
        var values: [String: [String]] = [:]
        for (name, value) in headers.fields where !FieldRules.isReserved(name) {
            let key = name.lowercased()
            if defaults.headers.values(of: name) == headers.values(of: name) { continue }
            if FieldRules.isSecret(name) {
                leftOut = true
                continue
            }
            if values[key] == nil { names.append(name) }
            values[key, default: []].append(value)
        }
        // The type of a form is what `-d` says by itself.
        if !hasOwnBody, defaults.body != nil, values["content-type"] == ["application/x-www-form-urlencoded"] {
            names.removeAll { $0.lowercased() == "content-type" }
        }
        guard !names.isEmpty else { return leftOut }
        out += Array(",\"headers\":{".utf8)
        for (index, name) in names.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            JSONWriter.string(name, into: &out)
            out.append(UInt8(ascii: ":"))
            let all = values[name.lowercased()] ?? []
            if all.count != 1 { out.append(UInt8(ascii: "[")) }
            for (index, value) in all.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                JSONWriter.string(value, into: &out)
            }
            if all.count != 1 { out.append(UInt8(ascii: "]")) }
        }
        out.append(UInt8(ascii: "}"))
        return leftOut
    }

    /// Writes what was no request so that it stays none: a line that was cut, or repaired, might have become one.
    private func appendInvalid(_ input: Input, to out: inout [UInt8]) -> Bool {
        let hidden = PrintableURL.hidingCredentials(in: input.text)
        let shown = hidden == input.text ? hidden : hidden.replacing("***@", with: "")
        // A NUL would make the whole file "not text", a line feed two lines.
        let scalars = shown.unicodeScalars.map { $0 == "\0" || $0 == "\n" ? "\u{1}" : $0 }
        let text = String(String.UnicodeScalarView(scalars))
        let isWholeLine = input.isJSONLine && text.hasPrefix("{")
        var candidates: [[UInt8]] = []
        if isWholeLine || !input.isJSONLine && isPlain(input.id) {
            candidates.append(plain(id: isWholeLine ? nil : input.id, text))
        }
        for url in [hidden == input.text ? input.text : shown, text + "\u{1}"] {
            var line: [UInt8] = []
            begin(id: input.id, url: url, &line)
            candidates.append(line + [UInt8(ascii: "}"), 0x0A])
        }
        // The last one cannot be a URL: it ends in a control character.
        let line = candidates.first(where: isInvalid) ?? candidates.last ?? []
        out += line
        return hidden != input.text
    }

    private func isInvalid(_ line: [UInt8]) -> Bool {
        guard let input = ListLine.parse(line.dropLast()), case .failure = input.request else { return false }
        return true
    }

    private func isSame(_ text: String, _ url: FetchURL) -> Bool {
        guard case .success(let request) = ListLine.url(Array(text.utf8)[...], id: nil, defaults: defaults).request
        else { return false }
        return request.url == url
    }

    /// Whether an id can stand before a tab and be read again as it is.
    private func isPlain(_ id: String?) -> Bool {
        guard let id else { return true }
        guard let first = id.utf8.first, let last = id.utf8.last else { return false }
        return first > 0x20 && last > 0x20 && first != UInt8(ascii: "#") && first != UInt8(ascii: "{")
            && first != 0xEF && id.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    private func plain(id: String?, _ text: String) -> [UInt8] {
        Array((id.map { "\($0)\t" } ?? "").utf8) + Array(text.utf8) + [0x0A]
    }

    private func begin(id: String?, url: String, _ out: inout [UInt8]) {
        out.append(UInt8(ascii: "{"))
        if let id {
            out += Array("\"id\":".utf8)
            JSONWriter.string(id, into: &out)
            out.append(UInt8(ascii: ","))
        }
        out += Array("\"url\":".utf8)
        JSONWriter.string(url, into: &out)
    }

    private func member(_ name: String, _ value: String, _ out: inout [UInt8]) {
        out += Array(",\"\(name)\":".utf8)
        JSONWriter.string(value, into: &out)
    }
}
