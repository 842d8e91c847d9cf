import FetchHTTP

/// Checks what libcurl before 8.17.0 accepts in a head and a careful client must not (RFC 9112 §6.3):
/// <https://github.com/curl/curl/issues/18921>
enum HeadCheck {
    /// The failure of a complete head; nil if it is valid.
    static func failure(of headers: HeaderFields) -> FetchError? {
        // libcurl reads "5 bytes" and "5, 6" as 5, and accepts two different fields: an intermediary would end the
        // response elsewhere. The same length twice is allowed.
        let lengths = lengths(in: headers)
        guard lengths.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return FetchError(.protocolError, "the Content-Length is not a number", curlCode: .weirdServerReply)
        }
        // 06 is 6, and a length may be longer than an Int.
        if Set(lengths.map { $0.drop { $0 == "0" } }).count > 1 {
            return FetchError(.protocolError, "two Content-Length values differ", curlCode: .weirdServerReply)
        }
        do throws(FetchError) {
            _ = try RedirectPolicy.location(in: headers)
            return nil
        } catch {
            return error
        }
    }

    /// The Content-Length of a head without a failure; `Int.max` if it is larger.
    static func length(of headers: HeaderFields) -> Int? { lengths(in: headers).first.map { Int($0) ?? .max } }

    /// The error for a body that libcurl (7.88.1) frames by other fields than the head has: it does not see a folded line
    /// of Transfer-Encoding, nor a Transfer-Encoding or Content-Length with a blank before its colon.
    static let hiddenFraming = FetchError(
        .protocolError, "a field that says where the body ends is folded, or has a blank before its colon",
        curlCode: .weirdServerReply)

    /// The lengths of all fields, each of which may be a list.
    private static func lengths(in headers: HeaderFields) -> [String] {
        headers.values(of: "content-length").flatMap { value in
            value.split(separator: ",", omittingEmptySubsequences: false).map { length in
                let rest = length.drop { $0 == " " || $0 == "\t" }
                return String(rest.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
            }
        }
    }
}
