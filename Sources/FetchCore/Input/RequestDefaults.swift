/// What the command line gives to every request: `-X`, `-H`, `-d`, `-I`, `-u`, `-b`.
///
/// What plain requests get is made once; all of them share one array of header fields.
public struct RequestDefaults: Sendable, Hashable {
    /// The method of `-X`, if given.
    public private(set) var method: String?
    /// The fields of `-H`, `-u` and `-b`, in their order.
    public private(set) var headers: HeaderFields
    /// The body of `-d`, if given.
    public private(set) var body: [UInt8]?
    /// Whether only heads are wanted (`-I`).
    public private(set) var isHead: Bool
    /// ``headers`` with the type of the body.
    private var plainHeaders: HeaderFields

    /// Makes defaults; plain GETs unless told otherwise.
    public init(
        method: String? = nil, headers: HeaderFields = HeaderFields(), body: [UInt8]? = nil, isHead: Bool = false
    ) {
        self.method = method
        self.headers = headers
        self.body = body
        self.isHead = isHead
        plainHeaders = headers
        update()
    }

    /// The request to a URL that comes without anything of its own.
    public func request(to url: FetchURL) -> Request {
        Request(url, method: method(given: nil, hasBody: false), headers: plainHeaders, body: body)
    }

    /// The request to a URL that has a method, fields or a body of its own; they go before the defaults.
    ///
    /// - Parameters:
    ///   - url: Where to.
    ///   - method: Its method, if it has one.
    ///   - headers: Its fields. A field replaces all defaults of the same name.
    ///   - body: Its body, if it has one.
    ///   - contentType: The type of that body, where no field gives one.
    public func request(
        to url: FetchURL, method: String?, headers own: HeaderFields, body ownBody: [UInt8]?, contentType: String?
    ) -> Request {
        let base = ownBody == nil ? plainHeaders : headers
        var fields = own.isEmpty ? base : base.filter { !own.contains($0) }
        if !own.isEmpty { fields.append(contentsOf: own) }
        if let contentType, ownBody != nil, !fields.contains("content-type") {
            fields.append("Content-Type", contentType)
        }
        return Request(
            url, method: self.method(given: method, hasBody: ownBody != nil), headers: fields, body: ownBody ?? body)
    }

    /// The method of a request that gives this method itself, or none.
    func method(given: String?, hasBody: Bool) -> String {
        if let method = given ?? method { return method }
        if hasBody { return "POST" }
        if isHead { return "HEAD" }
        return body == nil ? "GET" : "POST"
    }
}

/// The options, one by one.
extension RequestDefaults {
    /// `-X METHOD`; known methods may be written in small letters.
    public mutating func setMethod(_ text: String) throws(ParseFailure) {
        guard let method = FieldRules.method(text) else {
            throw ParseFailure("not a method: \(ParseFailure.quoted(text))")
        }
        self.method = method
    }

    /// `-I`.
    public mutating func setHead() { isHead = true }

    /// `-H 'Name: value'`, or `-H 'Name;'` for an empty value as curl has it.
    public mutating func addHeader(_ line: String) throws(ParseFailure) {
        let end = line.firstIndex(of: ":") ?? (line.last == ";" ? line.index(before: line.endIndex) : nil)
        guard let end, FieldRules.isToken(line[..<end]) else {
            throw ParseFailure("not a header: write 'Name: value'")
        }
        let value = line[line.index(after: end)...].drop { $0 == " " || $0 == "\t" }
        guard FieldRules.isValue(value) else {
            throw ParseFailure("the header \(line[..<end]) has a line break or control character in its value")
        }
        headers.append(String(line[..<end]), String(value))
        update()
    }

    /// `-b 'name=value; name=value'`.
    public mutating func addCookies(_ text: String) throws(ParseFailure) { try addHeader("Cookie: \(text)") }

    /// `-u USER:PASSWORD` (RFC 7617).
    public mutating func setCredentials(_ text: String) {
        var value = Array("Basic ".utf8)
        JSONWriter.base64(Array((text.contains(":") ? text : text + ":").utf8), into: &value)
        headers.append("Authorization", String(decoding: value, as: UTF8.self))
        update()
    }

    /// `-d DATA`; a second one is joined with `&`.
    public mutating func addBody(_ bytes: [UInt8]) {
        body = body.map { $0 + [UInt8(ascii: "&")] + bytes } ?? bytes
        update()
    }

    private mutating func update() {
        plainHeaders = headers
        // What curl says of a body that comes without a type.
        if body != nil, !headers.contains("content-type") {
            plainHeaders.append("Content-Type", "application/x-www-form-urlencoded")
        }
    }
}
