import FetchSystem

/// Where the transfer of a body broke off: how much of which version is there. It makes a request for the rest, and
/// judges the response.
package struct ResumePoint: Sendable, Hashable {
    /// The number of bytes that are there, from the first one.
    package let offset: Int
    /// The version of the body.
    package let validator: BodyValidator
    /// The length of the complete body; nil if it is not known.
    package let length: Int?
    /// The byte behind the last one that is asked for; nil to ask for all that is missing.
    package let end: Int?
    /// The weak entity tag of the body, beside the validator.
    package let weakTag: String?

    /// What a response to the request for the rest means for the bytes that are there.
    package enum Verdict: Sendable, Hashable {
        /// The body continues them with so many bytes. The length is that of the complete body, if it is known.
        case append(length: Int?, count: Int)
        /// The body is a complete one, of this or another version.
        case restart
        /// Nothing is missing.
        case complete
        /// They do not fit the server's body any more, and neither does this response. The text says why.
        case useless(String)
        /// It says nothing about them: an error, or a redirect.
        case unrelated
    }

    /// Takes each value as it is.
    package init(offset: Int, validator: BodyValidator, length: Int?, end: Int? = nil, weakTag: String? = nil) {
        self.offset = offset
        self.validator = validator
        self.length = length
        self.end = end
        self.weakTag = weakTag
    }

    /// Whether a request may ask for a part: a plain GET whose range is not the user's own.
    package static func allows(_ request: Request) -> Bool {
        request.method == "GET" && !request.hasBody && !request.headers.decides("range")
            && !request.headers.decides("if-range")
    }

    /// The request for the rest. A packed form has other bytes each time, so none is asked for.
    package func applied(to request: Request) -> Request {
        var request = Self.asking(request, from: offset, to: end)
        request.headers.append("If-Range", validator.fieldValue)
        return request
    }

    /// The request for a range of bytes.
    package static func asking(_ request: Request, from start: Int, to end: Int?) -> Request {
        var request = request
        request.headers = request.headers.filter { $0.lowercased() != "accept-encoding" }
        request.headers.append("Accept-Encoding", "identity")
        request.headers.append("Range", "bytes=\(start)-" + (end.map { "\($0 - 1)" } ?? ""))
        return request
    }

    /// Judges the head of a response to the request for the rest.
    package func verdict(status: Int, headers: HeaderFields) -> Verdict {
        switch status {
        case 206: partial(headers)
        case 416: unsatisfied(headers)
        default: Self.verdictWithoutRange(status: status)
        }
    }

    /// Judges the status of a response to a request for all, while the bytes that are there wait to be replaced.
    package static func verdictWithoutRange(status: Int) -> Verdict {
        switch status {
        // These have no body (RFC 9110 §15.3.5 and §15.3.6).
        case 204, 205: .useless("the server has no body any more")
        case 200...299: .restart
        default: .unrelated
        }
    }

    private func partial(_ headers: HeaderFields) -> Verdict {
        guard let range = ContentRange(of: headers), let bytes = range.bytes else {
            return .useless("the server sent a part without a valid Content-Range")
        }
        guard bytes.lowerBound == offset else {
            return .useless("the server sent bytes from \(bytes.lowerBound) instead of \(offset)")
        }
        if let end, bytes.upperBound >= end {
            return .useless("the server sent bytes up to \(bytes.upperBound) instead of \(end - 1)")
        }
        if let length, let total = range.length, total != length {
            return .useless("the body has \(total) bytes now, and had \(length)")
        }
        guard !isContradicted(by: headers) else { return .useless("the body has changed") }
        // Required (RFC 9110 §15.3.7): silence may be that of a server that does not know If-Range.
        if case .etag = validator, !headers.contains("etag") {
            return .useless("the server sent a part without its ETag")
        }
        if let reason = Self.contradiction(in: headers, count: bytes.count) { return .useless(reason) }
        return .append(length: range.length ?? length, count: bytes.count)
    }

    /// Why the other fields of a partial response do not fit its Content-Range; nil if they do.
    package static func contradiction(in headers: HeaderFields, count: Int) -> String? {
        let codings = headers.values(of: "content-encoding").map { $0.lowercased() }
        guard codings.allSatisfy({ $0.isEmpty || $0 == "identity" }) else {
            return "the server sent a part of a compressed body"
        }
        if let length = headers["content-length"], Int(length) != count {
            return "the server's Content-Range and Content-Length contradict each other"
        }
        return nil
    }

    /// Whether a response says that it is of another version.
    private func isContradicted(by headers: HeaderFields) -> Bool {
        if let weakTag, headers.allBytes(of: "etag").contains(where: { !$0.elementsEqual(weakTag.utf8) }) {
            return true
        }
        return validator.isContradicted(by: headers)
    }

    private func unsatisfied(_ headers: HeaderFields) -> Verdict {
        guard let total = ContentRange(of: headers)?.length, total == offset, length.map({ $0 == total }) ?? true,
            !isContradicted(by: headers)
        else { return .useless("the server has no bytes from \(offset)") }
        return .complete
    }
}
