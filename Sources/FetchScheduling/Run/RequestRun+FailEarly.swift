import FetchHTTP
import FetchTransport

/// Ends the run with its first failure, before a permit that the failure frees lets something else start.
extension RequestRun {
    /// Raises the stop if an attempt has failed and no retry follows.
    ///
    /// A transfer into a file ends the run by its outcome: its repetitions may cost no attempt.
    ///
    /// - Parameters:
    ///   - result: The end of a hop.
    ///   - hop: The request of the hop.
    ///   - attempt: The attempt's number, from 1.
    ///   - redirects: How many redirects it has followed.
    ///   - file: The file of the body; nil for none.
    func stopEarly(_ result: TransferResult, to hop: Request, attempt: Int, redirects: Int, into file: BodyFile?) {
        guard options.failsEarly, file == nil, stop.reason == nil,
            let error = failure(result, to: hop, redirects: redirects), error.kind != .localLimit
        else { return }
        var random = SystemRandomNumberGenerator()
        let decision = options.retry.decision(
            after: error, status: result.response?.status, retryAfter: retryAfter(result.response), attempt: attempt,
            isIdempotent: request.isIdempotent, elapsed: .zero, using: &random)
        switch decision {
        case .stop, .giveUp: stop.stop(.failed)
        case .retry, .obey: break
        }
    }

    /// Why a hop ends its attempt as a failure; nil for a success, and for a redirect that is followed.
    private func failure(_ result: TransferResult, to hop: Request, redirects: Int) -> FetchError? {
        if let error = result.error { return error }
        guard let response = result.response else { return nil }
        switch options.redirects.step(after: response, to: hop, followed: redirects) {
        case .answer: return statusError(response.status, of: hop.url, nil)
        case .fail(let error): return error
        case .follow: return nil
        }
    }
}
