/// Writes an input as a line of a list, valid as input again and without a secret.
public struct FailedLine {
    /// Whether a line so far left out credentials or secret fields: whoever uses the list has to give them again.
    public private(set) var leftOutSecrets = false

    /// Makes a writer.
    public init() {}

    /// Appends the line with its line break.
    public mutating func append(_ input: Input, to out: inout [UInt8]) {
        if input.isJSONLine, case .success(let request) = input.request {
            appendJSON(input, request, to: &out)
        } else {
            if let id = input.id {
                out.append(contentsOf: id.utf8)
                out.append(0x09)
            }
            out.append(contentsOf: url(input).utf8.filter { $0 != 0x0A && $0 != 0x0D })
        }
        out.append(0x0A)
    }

    private mutating func url(_ input: Input) -> String {
        guard case .success(let request) = input.request else {
            let printable = PrintableURL.text(of: input)
            if printable != input.text { leftOutSecrets = true }
            return printable
        }
        guard request.url.hasCredentials else { return input.text }
        leftOutSecrets = true
        return request.url.withoutCredentials.href
    }

    private mutating func appendJSON(_ input: Input, _ request: Request, to out: inout [UInt8]) {
        var members: [(key: String, value: JSONValue)] = []
        if let id = input.id { members.append(("id", .string(id))) }
        members.append(("url", .string(url(input))))
        members.append(("method", .string(request.method)))
        var fields: [(key: String, value: JSONValue)] = []
        for field in request.headers.fields {
            let name = field.name.lowercased()
            if SecretName.occurs(in: name) {
                leftOutSecrets = true
            } else if let place = fields.firstIndex(where: { $0.key.lowercased() == name }),
                case .array(let values) = fields[place].value
            {
                fields[place].value = .array(values + [.string(field.value)])
            } else {
                fields.append((field.name, .array([.string(field.value)])))
            }
        }
        if !fields.isEmpty { members.append(("headers", .object(fields))) }
        if let body = request.body { members.append(("body", .string(String(decoding: body, as: UTF8.self)))) }
        JSONValue.object(members).append(to: &out)
    }
}
