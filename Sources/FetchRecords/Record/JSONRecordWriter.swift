package import FetchHTTP
package import FetchSystem

/// The optional fields of a record.
package struct RecordOptions: Sendable, Hashable {
    /// Whether the record contains the body (`json`, `body` or `body_base64`).
    package var body: Bool
    /// Whether the record contains the response headers.
    package var headers: Bool
    /// Whether the record contains the value taken from the body (`value`).
    package var value: Bool
    /// The digest of the body that the record contains (`sha256` and so on); nil for none.
    package var hash: DigestAlgorithm?
    /// Whether the record says how the body came into its file (`resumed_from`, `skipped`).
    package var saved: Bool

    /// No optional fields unless they are given.
    package init(
        body: Bool = false, headers: Bool = false, value: Bool = false, hash: DigestAlgorithm? = nil,
        saved: Bool = false
    ) {
        self.body = body
        self.headers = headers
        self.value = value
        self.hash = hash
        self.saved = saved
    }
}

/// Writes an outcome as a record: one JSON object on one line, with its fields always in the same order
/// (`docs/record.schema.json`).
package struct JSONRecordWriter: Sendable {
    private let options: RecordOptions
    private var sink = JSONSink()

    /// Makes a writer of records with or without headers and body.
    init(options: RecordOptions = RecordOptions()) { self.options = options }

    /// Appends the record, without a line break.
    mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        ByteBuffer.withTemporary { fields in
            outcome.visitFields(options, &sink, into: &fields)
            // The comma before the first name.
            fields[0] = UInt8(ascii: "{")
            fields.move(to: &out)
        }
        if options.headers {
            JSONWriter.raw(",\"headers\":", into: &out)
            if let headers = outcome.response?.headers {
                Self.append(headers, into: &out)
            } else {
                JSONWriter.null(into: &out)
            }
        }
        if options.value {
            JSONWriter.raw(",\"value\":", into: &out)
            if let value = outcome.value { out.append(contentsOf: value) } else { JSONWriter.null(into: &out) }
        }
        if let referrers = outcome.crawl?.referrers { Self.append(referrers, into: &out) }
        if options.body { Self.appendBody(of: outcome.response, into: &out) }
        out.append(UInt8(ascii: "}"))
    }

    /// Appends `{"etag":["…"]}`: lower-case names in the order of their first line, all values of each.
    package static func append(_ headers: HeaderFields, into out: inout [UInt8]) {
        var indices: [String: Int] = [:]
        var grouped: [(name: String, values: [String])] = []
        for field in headers.fields {
            let name = field.name.lowercased()
            if let index = indices[name] {
                grouped[index].values.append(field.value)
            } else {
                indices[name] = grouped.count
                grouped.append((name, [field.value]))
            }
        }
        out.append(UInt8(ascii: "{"))
        for (position, field) in grouped.enumerated() {
            if position > 0 { out.append(UInt8(ascii: ",")) }
            JSONWriter.string(field.name, into: &out)
            JSONWriter.raw(":[", into: &out)
            for (index, value) in field.values.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                JSONWriter.string(PrintableURL.value(value, of: field.name), into: &out)
            }
            out.append(UInt8(ascii: "]"))
        }
        out.append(UInt8(ascii: "}"))
    }

    /// Appends the pages that contain a broken link.
    private static func append(_ referrers: [String], into out: inout [UInt8]) {
        JSONWriter.raw(",\"referrers\":[", into: &out)
        for (index, page) in referrers.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            JSONWriter.string(page, into: &out)
        }
        out.append(UInt8(ascii: "]"))
    }

    /// Appends exactly one of `json`, `body` and `body_base64`.
    private static func appendBody(of response: Response?, into out: inout [UInt8]) {
        guard let response, case .bytes(let all) = response.body else {
            JSONWriter.raw(",\"body\":null", into: &out)
            return
        }
        if let type = response.headers.contentType, isJSON(type) {
            // Some servers put a BOM before their JSON; RFC 8259 §8.1 allows readers to ignore it.
            let bytes = all.starts(with: [0xEF, 0xBB, 0xBF]) ? all[3...] : all[...]
            let before = out.count
            JSONWriter.raw(",\"json\":", into: &out)
            if JSONText.append(bytes, into: &out) { return }
            out.removeLast(out.count - before)
        }
        if UTF8Decoding.isText(all[...]) {
            JSONWriter.raw(",\"body\":", into: &out)
            all.withUnsafeBufferPointer { JSONWriter.string(utf8: $0, into: &out) }
        } else {
            JSONWriter.raw(",\"body_base64\":\"", into: &out)
            JSONWriter.base64(all, into: &out)
            out.append(UInt8(ascii: "\""))
        }
    }

    /// Whether a content type is JSON: `application/json`, `text/json` or any `+json` (RFC 6839 §3.1).
    static func isJSON(_ contentType: String) -> Bool {
        let essence = contentType.prefix { $0 != ";" && $0 != "," }.lowercased()
        let trimmed = essence.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
        return trimmed == "application/json" || trimmed == "text/json" || trimmed.hasSuffix("+json")
    }
}

/// Writes fields as members of a JSON object. It is inlined because the length of a name is known then, so that it is
/// copied by two or three instructions.
struct JSONSink: RecordSink, Sendable {
    private var timestamps = TimestampWriter()

    @inline(__always)
    mutating func text<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: String?, into out: inout Out) {
        JSONWriter.raw(name, into: &out)
        JSONWriter.string(value, into: &out)
    }

    @inline(__always)
    mutating func integer<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Int?, into out: inout Out) {
        JSONWriter.raw(name, into: &out)
        // Most numbers of a record are 0, 1 or null.
        if let value, value >= 0, value < 10 { return out.append(UInt8(value) + UInt8(ascii: "0")) }
        JSONWriter.integer(value, into: &out)
    }

    @inline(__always)
    mutating func bool<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Bool, into out: inout Out) {
        JSONWriter.raw(name, into: &out)
        JSONWriter.bool(value, into: &out)
    }

    @inline(__always)
    mutating func seconds<Out: ByteSink & ~Copyable>(_ name: StaticString, microseconds: Int64?, into out: inout Out) {
        JSONWriter.raw(name, into: &out)
        guard let microseconds else { return JSONWriter.null(into: &out) }
        JSONWriter.seconds(microseconds: microseconds, into: &out)
    }

    mutating func timestamp<Out: ByteSink & ~Copyable>(_ name: StaticString, _ value: Int64?, into out: inout Out) {
        JSONWriter.raw(name, into: &out)
        guard let value else { return JSONWriter.null(into: &out) }
        out.append(UInt8(ascii: "\""))
        timestamps.append(value, into: &out)
        out.append(UInt8(ascii: "\""))
    }

    mutating func error<Out: ByteSink & ~Copyable>(_ value: FetchError?, into out: inout Out) {
        guard let value else { return JSONWriter.raw(#","error":null"#, into: &out) }
        JSONWriter.raw(#","error":{"kind":""#, into: &out)
        out.append(text: value.kind.rawValue)
        JSONWriter.raw("\",\"message\":", into: &out)
        JSONWriter.string(value.message, into: &out)
        JSONWriter.raw(",\"exitcode\":", into: &out)
        JSONWriter.integer(value.curlCode?.rawValue, into: &out)
        out.append(UInt8(ascii: "}"))
    }
}
