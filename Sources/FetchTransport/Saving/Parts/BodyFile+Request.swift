package import FetchHTTP
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What a file asks for, and what a response means for it.
extension BodyFile {
    /// Prepares the file for a request.
    ///
    /// - Returns: The request as it is sent: for the rest if a part is there, and for a newer one if that is wanted.
    package func prepare(_ request: Request, isNew: Bool) -> Request {
        state.withLock { state in
            state.existing = nil
            state.isCurrent = false
            state.mayBePartial = request.headers.decides("range")
            let asking = state.progress?.asking(request) ?? request
            if state.progress?.isAsking == true {
                lseek(descriptor, off_t(state.progress?.resume?.offset ?? 0), SEEK_SET)
                return asking
            }
            // What cannot be continued stays until a complete body replaces it.
            if !isNew, state.progress?.obstacle == nil { rewind() }
            guard folder.saving.asksForNewer, ResumePoint.allows(request), let existing = ExistingFile(path, url),
                isRightOrUnknown
            else { return asking }
            let newer = existing.asking(asking)
            if newer != nil { state.existing = existing }
            return newer ?? asking
        }
    }

    /// Whether the existing file has the checksum that is expected, if one is.
    private var isRightOrUnknown: Bool {
        guard let checksum = input.checksum else { return true }
        return path.withParent(creates: false) { BodyFolder.has(checksum, path.last, in: $0) ? true : nil } ?? false
    }

    /// The head of the response is complete, and its body is wanted for the file, or it may say that the file is complete.
    ///
    /// - Parameters:
    ///   - isPacked: Whether the body is decoded.
    ///   - isWanted: Whether the body is written to the file.
    /// - Returns: What happens to the file; nil if the response is not about it.
    func begin(
        status: Int, headers: HeaderFields, length: Int?, isPacked: Bool, isWanted: Bool
    ) -> PartProgress.Beginning? {
        state.withLock { state in
            if status == 206, isWanted, !state.mayBePartial, state.progress?.asksForRange != true {
                guard let range = ContentRange(of: headers), range.bytes?.count == range.length else {
                    return .fail("the server sent a part of the body, which was not asked for")
                }
            }
            let whole = status == 206 ? ContentRange(of: headers)?.length : length
            if status == 200 || status == 206, state.existing?.isCurrent(for: headers, length: whole) == true {
                state.isCurrent = true
                return .complete
            }
            let hadBytes = state.progress?.resume != nil || state.progress?.obstacle != nil
            let beginning = state.progress?.begin(
                status: status, headers: headers, length: length, isPacked: isPacked, isWanted: isWanted)
            if beginning == .write, hadBytes {
                // The note is about other bytes.
                if state.form == .part, unkeep() { state.form = .temporary }
                state.isKeepingTried = false
                rewind()
            }
            return beginning
        }
    }

    /// Whether the head of a response with this status has a meaning for the file beyond that of its body.
    func needsHead(_ status: Int) -> Bool {
        status == 206 || state.withLock { $0.existing != nil || $0.progress?.needsHead == true }
    }

    /// Whether the server said that the existing file is the newest one, so that it stays.
    package func isConfirmed(by status: Int) -> Bool {
        state.withLock { $0.isCurrent || status == 304 && $0.existing != nil }
    }

    /// Whether the body of a response with this status is the file's, whatever else counts as a success.
    func wants(_ status: Int) -> Bool { state.withLock { $0.progress?.wants(status) } ?? false }

    /// Whether a response with this status completed the file, though it is not a usual success.
    package func isSettled(by status: Int) -> Bool {
        isConfirmed(by: status) || state.withLock { $0.progress?.isSettled(by: status) } ?? false
    }

    /// Whether the next attempt starts again because nothing that is there can be used.
    package var startsAgain: Bool { state.withLock { $0.progress?.startsAgain } ?? false }

    /// Whether the attempt only showed how to continue, which is not a failure.
    package var hasLearnt: Bool { state.withLock { $0.progress?.hasLearnt } ?? false }

    /// How many bytes an earlier run had left, if the file continued them; nil for a file that was received as a whole.
    package var resumedFrom: Int? {
        state.withLock { state in
            state.progress.flatMap { $0.kept > 0 && ($0.hasContinued || state.missing != nil) ? $0.kept : nil }
        }
    }

    /// Why a response that is complete in itself does not complete the file; nil if it does.
    ///
    /// - Parameter received: The number of bytes that came.
    func rangeFailure(_ received: Int) -> FetchError? {
        switch state.withLock({ $0.progress?.end(received) }) {
        case .whole?, nil: return nil
        case .missing(let count?)?:
            return FetchError(
                .truncated, "the server's range ends \(count) bytes before the end of the body", curlCode: .partialFile)
        case .missing(nil)?:
            return FetchError(
                .truncated, "the server's range ended, and the length of the body is not known", curlCode: .partialFile)
        case .excess?:
            // As it was before this response. What follows a segment is not this one's.
            let (form, base) = state.withLock { ($0.form, $0.progress?.base ?? 0) }
            if form != .segment { _ = ftruncate(descriptor, off_t(base)) }
            return FetchError(
                .protocolError, "the server sent more bytes than its Content-Range has", curlCode: .rangeError)
        }
    }

    /// An attempt ended before the file was complete.
    ///
    /// - Returns: Whether it is free, because it added much to what was there.
    package func broke() -> Bool {
        state.withLock { state in
            guard state.progress != nil else { return false }
            var status = stat()
            guard state.missing == nil, fstat(descriptor, &status) == 0 else { return false }
            return state.progress?.broke(at: Int(status.st_size)) ?? false
        }
    }
}
