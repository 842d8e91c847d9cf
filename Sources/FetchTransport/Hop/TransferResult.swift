package import FetchHTTP

/// The result of one transfer: a response, an error, or both if the response broke off.
package struct TransferResult: Sendable {
    /// The response as far as it arrived; nil if there was none.
    package var response: Response?
    /// Why it is not complete.
    package var error: FetchError?
    /// The times of the transfer; nil when nothing was sent.
    package var timing: Timing?
    /// The number of requests that were sent before this one's answer, because a server asked for authentication.
    package var challenges = 0

    /// An empty result to be filled in. The other initialiser copies its arguments, even empty ones.
    init() {}

    /// Makes a result.
    package init(response: Response? = nil, error: FetchError? = nil, timing: Timing? = nil) {
        self.response = response
        self.error = error
        self.timing = timing ?? response?.timing
    }
}
