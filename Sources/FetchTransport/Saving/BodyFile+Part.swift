package import FetchHTTP
import FetchSystem
import CPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file that is continued where its body broke off: `NAME.part`, and `NAME.part.json` with what identifies the body.
extension BodyFile {
    /// The ending of an unfinished file's name.
    package static let partEnding = ".part"
    /// The ending of its note's name.
    package static let noteEnding = ".part.json"

    var partName: String { path.last + Self.partEnding }
    private var noteName: String { path.last + Self.noteEnding }

    /// Prepares the file for a request.
    ///
    /// - Returns: The request as it is sent: for the rest if a part is there.
    package func prepare(_ request: Request, isNew: Bool) -> Request {
        state.withLock { state in
            state.asksForNewer = false
            let asking = state.progress?.asking(request) ?? request
            if state.progress?.resume == nil, let newer = askingForNewer(request) {
                state.asksForNewer = true
                if !isNew { rewind() }
                return newer
            }
            let resume = state.progress?.resume
            if let resume, state.progress?.isAsking == true {
                lseek(descriptor, off_t(resume.offset), SEEK_SET)
            } else if !isNew || resume != nil {
                rewind()
            }
            return asking
        }
    }

    /// The request with the time of the existing file; nil if there is none, or it must not be asked for.
    private func askingForNewer(_ request: Request) -> Request? {
        guard folder.saving.asksForNewer, ResumePoint.allows(request), !request.headers.decides("if-modified-since"),
            let modified = existingTime
        else { return nil }
        var request = request
        request.headers.append("If-Modified-Since", HTTPDate.text(modified))
        return request
    }

    /// When the existing file of the final name was changed, in seconds since 1970; nil if there is none.
    private var existingTime: Int64? {
        path.withParent(creates: false) { parent -> Int64? in
            let time = cposix_modified(parent, path.last)
            return time > .min ? time : nil
        }
    }

    /// Whether the server said that the existing file is the newest one, so that it stays.
    package func isConfirmed(by status: Int) -> Bool { status == 304 && state.withLock { $0.asksForNewer } }

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
            let hadBytes = state.progress?.resume != nil
            let beginning = state.progress?.begin(
                status: status, headers: headers, length: length, isPacked: isPacked, isWanted: isWanted)
            switch beginning {
            case .write, .fail:
                guard hadBytes else { break }
                rewind()
                // The note is about other bytes.
                if state.form == .part, unkeep() { state.form = .temporary }
                state.isKeepingTried = false
            case .append, .complete, nil: break
            }
            return beginning
        }
    }

    /// Whether the current request asks for the rest.
    var isAsking: Bool { state.withLock { $0.progress?.isAsking } ?? false }

    /// Whether the body of a response with this status is the file's, whatever else counts as a success.
    func wants(_ status: Int) -> Bool { state.withLock { $0.progress?.wants(status) } ?? false }

    /// Whether a response with this status completed the file, though it is not a usual success.
    package func isSettled(by status: Int) -> Bool {
        isConfirmed(by: status) || state.withLock { $0.progress?.isSettled(by: status) } ?? false
    }

    /// Whether the next attempt starts again because nothing that is there can be used.
    package var startsAgain: Bool { state.withLock { $0.progress?.startsAgain } ?? false }

    /// How many bytes an earlier run had left, if the file continued them; nil for a file that was received as a whole.
    package var resumedFrom: Int? {
        state.withLock { state in state.progress.flatMap { $0.kept > 0 && $0.base > 0 ? $0.kept : nil } }
    }

    /// How many bytes are missing after a response that is complete in itself.
    func missing(_ received: Int) -> Int? { state.withLock { $0.progress?.missing(received) } }

    /// An attempt ended before the file was complete.
    ///
    /// - Returns: Whether it is free, because it added much to what was there.
    package func broke() -> Bool {
        state.withLock { state in
            guard state.progress != nil else { return false }
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { return false }
            return state.progress?.broke(at: Int(status.st_size)) ?? false
        }
    }

    /// Whether there is something that a later run can continue.
    var isWorthKeeping: Bool { state.withLock { $0.progress?.resume != nil } }

    /// Names the file `NAME.part`, with a note, so that a later run continues it even after a kill.
    ///
    /// - Returns: Whether it has that name.
    @discardableResult
    func keep() -> Bool {
        state.withLock { state in
            if state.form == .part { return true }
            guard let noted = state.progress?.noted, !state.isKeepingTried else { return false }
            state.isKeepingTried = true
            guard folder.claimPart(of: path.name, for: input.index) else { return false }
            let note = PartNote(url, noted.validator, length: noted.length)
            // A part without a note could not be told from a foreign file.
            let isKept = path.withParent(creates: true) { parent -> Bool? in
                guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, write(note, in: parent),
                    linkPart(state.form, in: parent)
                else { return nil }
                return true
            }
            if isKept == true { state.form = .part }
            return isKept == true
        }
    }

    /// Gives a part its hidden name back, and removes the note.
    private func unkeep() -> Bool {
        path.withParent(creates: false) { parent -> Bool? in
            guard isNamed(partName, in: parent), renameat(parent, partName, parent, temporaryName) == 0 else {
                return nil
            }
            unlinkat(parent, noteName, 0)
            return true
        } ?? false
    }

    private func linkPart(_ form: Form, in parent: Int32) -> Bool {
        switch form {
        case .unnamed: cposix_link_unnamed(descriptor, parent, partName) == 0
        case .temporary:
            linkat(parent, temporaryName, parent, partName, 0) == 0 && unlinkat(parent, temporaryName, 0) == 0
        case .part: true
        }
    }

    /// Writes the note under its name in one step. It has a path, which may be secret: only its owner may read it.
    private func write(_ note: PartNote, in parent: Int32) -> Bool {
        let temporary = temporaryName + ".json"
        unlinkat(parent, temporary, 0)
        let file = openat(parent, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        let isWritten = (try? SystemFile.writeAll(note.bytes, to: file)) != nil
        guard SystemFile.close(file), isWritten, renameat(parent, temporary, parent, noteName) == 0 else {
            unlinkat(parent, temporary, 0)
            return false
        }
        return true
    }

    /// Whether a name is still that of the file that was opened; otherwise `errno` is `ESTALE` or says why.
    func isNamed(_ name: String, in parent: Int32) -> Bool {
        var opened = stat()
        var named = stat()
        guard fstat(descriptor, &opened) == 0, fstatat(parent, name, &named, AT_SYMLINK_NOFOLLOW) == 0 else {
            return false
        }
        guard opened.st_ino == named.st_ino, opened.st_dev == named.st_dev else {
            errno = ESTALE
            return false
        }
        return true
    }

    func removeNote() { _ = path.withParent(creates: false) { unlinkat($0, noteName, 0) } }

    func removePart() {
        _ = path.withParent(creates: false) { parent in
            unlinkat(parent, partName, 0)
            return unlinkat(parent, noteName, 0)
        }
    }
}
