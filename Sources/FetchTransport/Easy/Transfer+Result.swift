import FetchHTTP
import CCurl

/// What a transfer comes to.
extension Transfer {
    /// Fills in the result of the transfer, once libcurl has ended it. It is not returned, which would copy it.
    func finish(_ code: CurlCode, into result: inout TransferResult) {
        if challenges.isOpen, failure == nil, head.isComplete { _ = acceptsUnansweredChallenge() }
        result.challenges = challenges.answered
        gauge?.end()
        leaveConnection()
        failure = failure ?? upload?.failure
        closeUpload()
        let isWhole = decoder?.isComplete ?? true
        // Receiving bytes would replace the failure.
        if failure == nil { decoder?.finish { receivedDecoded($0) } }
        decoder?.free()
        decoder = nil
        let unwritten = output.finish()
        failure = failure ?? unwritten
        let status = status
        let timing = timing
        if !isCut {
            if failure != nil || code.rawValue != 0 && !isEndedEarly {
                result.error = failure ?? error(code)
            } else if status == 0 {
                result.error = FetchError(.emptyReply, "no response", curlCode: .gotNothing)
                return
            } else if !head.isComplete {
                // libcurl reports an end of connection inside the head as a success, and one inside encoded data too:
                // 7.88.1, and still 8.21.0 (Curl_http_done requires only one byte of a response). No upstream issue is
                // known.
                result.error = Self.endInsideHead
                return
            } else if !isWhole {
                result.error = FetchError(.truncated, "the encoded body ends too early", curlCode: .partialFile)
            } else if let missing, missing > 0 {
                result.error = FetchError(
                    .truncated, "the body is shorter than its Content-Length", curlCode: .partialFile)
            } else if let file = sink.file {
                result.error = rangeFailure(of: file)
            }
            if result.error != nil, let file = sink.file { breakFile(file) }
        }
        result.timing = timing
        if status > 0 { result.response = makeResponse(status, timing) }
    }

    private func makeResponse(_ status: Int, _ timing: Timing) -> Response {
        let body: Response.Body =
            switch sink {
            case .discard: .discarded
            case .memory: .bytes(self.body)
            case .file: .file
            case .kept(let limit, let file): size <= limit ? .bytes(self.body) : file == nil ? .discarded : .file
            case .spool(_, let limit): limit > 0 && size <= limit ? .bytes(self.body) : .discarded
            }
        return Response(
            status: status, httpVersion: httpVersion, headers: HeaderFields(lines: head.lines, seen: head.seen),
            body: body, size: status == 205 ? 0 : size, connects: connects,
            remoteIP: ccurl_get_string(easy.pointer, CURLINFO_PRIMARY_IP).map { String(cString: $0) } ?? "",
            remotePort: Int(ccurl_get_long(easy.pointer, CURLINFO_PRIMARY_PORT)), timing: timing)
    }

    /// Calls the receiver of the result, once.
    func complete(_ result: inout TransferResult) {
        guard let completion else { return }
        self.completion = nil
        endTrace()
        // Who learns of the end may read the meter before the turn is over.
        agent.meter?.publish()
        completion(&result)
    }

    /// Removes what a transfer that was ended early has left. Its file may be closed afterwards.
    func abandon() {
        gauge?.end()
        leaveConnection()
        closeUpload()
        decoder?.free()
        decoder = nil
        let isWritten = output.finish() == nil
        if isWritten, let file = sink.file { breakFile(file) }
    }
}
