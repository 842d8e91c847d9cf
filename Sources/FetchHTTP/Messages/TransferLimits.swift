/// The limits of one transfer. Sizes are those of decoded bytes.
package struct TransferLimits: Sendable, Hashable {
    /// The maximum time from start to last byte; nil for no limit.
    package var maxTime: Duration?
    /// The maximum size of a body; a larger one is ``FetchError/Kind/tooLarge``. Nil for no limit.
    package var maxBodySize: Int?
    /// Whether the beginning of a larger body is useful: then it is returned with the error, also if the length
    /// announces a larger body.
    package var keepsBeginning: Bool
    /// Whether the caller follows redirects, so that the body of a 3xx is not needed.
    package var dropsRedirectBody: Bool

    /// The statuses whose body is wanted; other bodies are read only if they are kept in memory. Nil for all.
    package var accepted: StatusSet?
    /// The rule for bodies that are saved, whose Content-Encoding may be the format of the file; nil to decode all.
    package var packed: PackedFile?

    /// The URL of the first hop, which names the body in a display; nil if it is the request's own.
    package var firstURL: FetchURL?

    /// The index of the input that the transfer belongs to, if transfers say what they do; otherwise nil.
    package var tracedInput: Int?

    /// Which bodies are read; of others only what keeps the connection.
    package var bodies = WantedBodies.all

    /// Makes limits; there are none unless they are given.
    package init(
        maxTime: Duration? = nil, maxBodySize: Int? = nil, dropsRedirectBody: Bool = false,
        accepted: StatusSet? = nil, keepsBeginning: Bool = false, packed: PackedFile? = nil
    ) {
        self.maxTime = maxTime
        self.maxBodySize = maxBodySize
        self.keepsBeginning = keepsBeginning
        self.dropsRedirectBody = dropsRedirectBody
        self.accepted = accepted
        self.packed = packed
    }

    /// The maximum size of a head in bytes. Before 8.3.0 libcurl does not limit the sum of all lines (CVE-2023-38039,
    /// <https://github.com/curl/curl/pull/11582>).
    package static let maxHeadSize = 256 * 1024
    /// The maximum number of bytes that are read of an unwanted body to keep the connection.
    package static let maxUnwantedBodySize = 128 * 1024
}
