import FetchHTTP
import CCurl

/// The bodies of challenges, and of what answers a request that was sent without its body to get one: libcurl drops them without
/// passing them on.
extension Transfer {
    /// Limits them: no other limit of a body sees them, so that a server could send one for ever.
    func limitChallenges() {
        guard easy.awaitsChallenges else { return }
        ccurl_set_progress_function(
            easy.pointer,
            { transfer, _, received, _, _ in
                Transfer.from(transfer)?.mayReceive(Int(received)) == false ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Whether the body of a response may go on.
    ///
    /// - Parameter count: The number of its bytes so far.
    private func mayReceive(_ count: Int) -> Bool {
        // Bytes that are passed on have other limits.
        guard size == 0, count > ChallengeCount.maximumBodySize else { return true }
        failure = FetchError(
            .tooLarge, "the body of a challenge is larger than \(ChallengeCount.maximumBodySize) bytes",
            curlCode: .fileSizeExceeded)
        return false
    }
}
