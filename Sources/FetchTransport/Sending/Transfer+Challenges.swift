import FetchHTTP
import CCurl

/// The bodies of challenges, which libcurl drops without passing them on.
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
        guard challenges.isOpen, count > ChallengeCount.maximumBodySize else { return true }
        failure = FetchError(
            .tooLarge, "the body of a challenge is larger than \(ChallengeCount.maximumBodySize) bytes",
            curlCode: .fileSizeExceeded)
        return false
    }
}
