/// A CURLcode: how libcurl names a failure, and the exit code of the curl tool
/// (<https://curl.se/libcurl/c/libcurl-errors.html>).
public struct CurlCode: RawRepresentable, Hashable, Sendable {
    /// libcurl's number.
    public let rawValue: Int32

    /// The code of a number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// CURLE_UNSUPPORTED_PROTOCOL.
    public static let unsupportedProtocol = CurlCode(rawValue: 1)
    /// CURLE_URL_MALFORMAT.
    public static let urlMalformat = CurlCode(rawValue: 3)
    /// CURLE_COULDNT_RESOLVE_HOST.
    public static let couldNotResolveHost = CurlCode(rawValue: 6)
    /// CURLE_COULDNT_CONNECT.
    public static let couldNotConnect = CurlCode(rawValue: 7)
    /// CURLE_WEIRD_SERVER_REPLY.
    public static let weirdServerReply = CurlCode(rawValue: 8)
    /// CURLE_HTTP2, a failure of the HTTP/2 framing layer.
    public static let http2 = CurlCode(rawValue: 16)
    /// CURLE_PARTIAL_FILE.
    public static let partialFile = CurlCode(rawValue: 18)
    /// `CURLE_RANGE_ERROR`
    public static let rangeError = CurlCode(rawValue: 33)
    /// CURLE_HTTP_RETURNED_ERROR, a status of 400 and above.
    public static let httpReturnedError = CurlCode(rawValue: 22)
    /// CURLE_WRITE_ERROR.
    public static let writeError = CurlCode(rawValue: 23)
    /// CURLE_READ_ERROR: a file that is sent cannot be read.
    public static let readError = CurlCode(rawValue: 26)
    /// CURLE_OPERATION_TIMEDOUT.
    public static let operationTimedOut = CurlCode(rawValue: 28)
    /// CURLE_TOO_MANY_REDIRECTS.
    public static let tooManyRedirects = CurlCode(rawValue: 47)
    /// CURLE_GOT_NOTHING.
    public static let gotNothing = CurlCode(rawValue: 52)
    /// CURLE_SEND_ERROR.
    public static let sendError = CurlCode(rawValue: 55)
    /// CURLE_RECV_ERROR.
    public static let receiveError = CurlCode(rawValue: 56)
    /// CURLE_BAD_CONTENT_ENCODING.
    public static let badContentEncoding = CurlCode(rawValue: 61)
    /// CURLE_FILESIZE_EXCEEDED.
    public static let fileSizeExceeded = CurlCode(rawValue: 63)
    /// CURLE_LOGIN_DENIED.
    public static let loginDenied = CurlCode(rawValue: 67)
    /// CURLE_HTTP2_STREAM, a failure of one HTTP/2 stream.
    public static let http2Stream = CurlCode(rawValue: 92)
}
