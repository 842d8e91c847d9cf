/// The challenges that a transfer has met: heads of 401 and 407 that libcurl may answer by repeating the request. Pure.
struct ChallengeCount {
    /// The maximum number of challenges: NTLM after another scheme takes three. A server could ask for ever, as Digest lets it
    /// call each nonce stale.
    static let maximum = 8
    /// The maximum size of a challenge's body, in bytes.
    static let maximumBodySize = 16 << 20

    /// Whether the last head may be a challenge, and it is not known yet whether it is answered.
    private(set) var isOpen = false
    /// The number of requests that were repeated.
    private(set) var answered = 0

    /// A head that may be a challenge is complete.
    mutating func begin() { isOpen = true }

    /// Another head has begun.
    ///
    /// - Returns: Whether it is accepted.
    mutating func answer() -> Bool {
        isOpen = false
        answered += 1
        return answered <= Self.maximum
    }

    /// The head was the answer.
    mutating func close() { isOpen = false }
}
