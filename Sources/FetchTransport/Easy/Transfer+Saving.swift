import FetchHTTP

/// What a transfer knows about the file that its body goes to.
struct FileProgress {
    /// The number of bytes of the file before those of this response.
    var base = 0
    /// Whether the file knows the head.
    var hasBegun = false
    /// Whether the file was asked to keep what is there.
    var isKept = false
}

/// Tells a file what arrives: see ``PartProgress``. A small body that arrives completely costs no more than a look at whether
/// the rest of an earlier one was asked for.
extension Transfer {
    /// The head is complete.
    func beginFile(_ file: BodyFile) {
        guard status >= 200, file.needsHead(status) else { return }
        switch tellHead(file) {
        case .append(let base):
            saving.base = base
            gauge?.resumedFrom = base
            gauge?.segments = file.segments
        case .complete: isCut = true
        case .fail(let reason): failure = FetchError(.protocolError, reason, curlCode: .rangeError)
        case .write, nil: break
        }
    }

    /// The head of an answer that is written is complete.
    func beginSpool(_ spool: AnswerSpool) {
        let status = status
        guard status >= 200 else { return }
        let head = Response(status: status, httpVersion: httpVersion, headers: HeaderFields(lines: head.lines))
        spool.begin(head, isLast: !isUnwanted && limits.accepted?.contains(status) ?? true)
    }

    /// The body is so large that a part of it is worth keeping.
    func keepFile(_ file: BodyFile) {
        guard !saving.isKept else { return }
        saving.isKept = true
        if !saving.hasBegun { _ = tellHead(file) }
        file.keep()
    }

    /// The body broke off.
    func breakFile(_ file: BodyFile) {
        if !saving.hasBegun, size > 0, head.isComplete, !isUnwanted { _ = tellHead(file) }
    }

    /// Why a response that is complete in itself does not complete the file: a server may send less than was asked for, or
    /// more than it says.
    func rangeFailure(of file: BodyFile) -> FetchError? { saving.hasBegun ? file.rangeFailure(size) : nil }

    private func tellHead(_ file: BodyFile) -> PartProgress.Beginning? {
        saving.hasBegun = true
        let headers = HeaderFields(lines: head.lines)
        let codings = headers.values(of: "content-encoding") + headers.values(of: "transfer-encoding")
        let isPacked = !codings.allSatisfy { ["", "identity", "chunked"].contains($0.lowercased()) }
        return file.begin(
            status: status, headers: headers, length: head.length, isPacked: isPacked,
            isWanted: !isUnwanted)
    }
}
