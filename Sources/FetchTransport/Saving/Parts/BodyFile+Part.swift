import FetchHTTP
import FetchSystem
import CPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file that is continued where its body broke off: `NAME.part`, and `NAME.part.json` with what identifies the body.
///
/// A note is written, replaced and removed only by who has `NAME.part`, and is there only while the part is: whatever
/// process ends when, no note is beside a file that it is not about.
extension BodyFile {
    /// The ending of an unfinished file's name.
    package static let partEnding = ".part"
    /// The ending of its note's name.
    package static let noteEnding = ".part.json"

    var partName: String { path.last + Self.partEnding }
    private var noteName: String { path.last + Self.noteEnding }
    private var hiddenNote: String { temporaryName + ".json" }

    /// Whether there is something that a later run can continue.
    var isWorthKeeping: Bool { state.withLock { $0.progress?.resume != nil } }

    /// Names the file `NAME.part`, with a note, so that a later run continues it even after a kill.
    ///
    /// - Returns: Whether it has that name.
    @discardableResult
    func keep() -> Bool {
        state.withLock { state in
            if state.form == .part || state.form == .segment { return true }
            guard let version = state.progress?.version, !state.isKeepingTried else { return false }
            state.isKeepingTried = true
            guard folder.claimPart(of: path.name, for: input.index) else { return false }
            let note = PartNote(url, version)
            let form = state.form
            var isKept = false
            _ = path.withParent(creates: true) { parent -> Bool? in
                guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, write(note, in: parent) else { return nil }
                defer { unlinkat(parent, hiddenNote, 0) }
                guard linkPart(form, in: parent) else {
                    reportObstacle(partName)
                    return nil
                }
                state.form = .part
                isKept = publishNote(in: parent)
                if !isKept {
                    reportObstacle(noteName)
                    if hide(in: parent) { state.form = .temporary }
                }
                return nil
            }
            return isKept
        }
    }

    private func reportObstacle(_ name: String) {
        guard errno == EEXIST else { return }
        folder.report("\(path.name) is not kept if it breaks off: there is a file \(name)")
    }

    /// Gives a part its hidden name back, and removes the note.
    func unkeep() -> Bool {
        path.withParent(creates: false) { parent -> Bool? in
            guard isNamed(partName, in: parent) else { return nil }
            unlinkat(parent, noteName, 0)
            return hide(in: parent) ? true : nil
        } ?? false
    }

    private func hide(in parent: Int32) -> Bool {
        isNamed(partName, in: parent) && renameat(parent, partName, parent, temporaryName) == 0
    }

    /// Names the file without replacing one.
    private func linkPart(_ form: Form, in parent: Int32) -> Bool {
        switch form {
        case .unnamed: cposix_link_unnamed(descriptor, parent, partName) == 0
        case .temporary:
            isNamed(temporaryName, in: parent) && SystemFile.move(temporaryName, from: parent, to: partName, in: parent)
        case .part, .segment: true
        }
    }

    /// Replaces the note.
    func rewrite(_ note: PartNote, in parent: Int32) -> Bool {
        write(note, in: parent) && renameat(parent, hiddenNote, parent, noteName) == 0
    }

    /// Gives the note its name. One that is there is replaced only if it is one of ours, whose part is gone.
    private func publishNote(in parent: Int32) -> Bool {
        if SystemFile.move(hiddenNote, from: parent, to: noteName, in: parent) { return true }
        guard errno == EEXIST else { return false }
        if folder.readNote(path, in: parent).flatMap(PartNote.init) != nil {
            return renameat(parent, hiddenNote, parent, noteName) == 0
        }
        errno = EEXIST
        return false
    }

    /// Writes the note under a hidden name. It has a path, which may be secret: only its owner may read it.
    private func write(_ note: PartNote, in parent: Int32) -> Bool {
        unlinkat(parent, hiddenNote, 0)
        let file = openat(parent, hiddenNote, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        let isWritten = (try? SystemFile.writeAll(note.bytes, to: file)) != nil
        if SystemFile.close(file), isWritten { return true }
        unlinkat(parent, hiddenNote, 0)
        return false
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

    /// Removes the note if another file has taken the name of the part.
    func removeStrayNote() {
        let (form, version, missing) = state.withLock { ($0.form, $0.progress?.version, $0.missing) }
        guard form == .part, let version else { return }
        _ = path.withParent(creates: false) { parent in
            guard !isNamed(partName, in: parent), let bytes = folder.readNote(path, in: parent),
                let note = PartNote(bytes),
                note == PartNote(url, version, missing: missing ?? note.gaps)
            else { return }
            unlinkat(parent, noteName, 0)
        }
    }

    /// Gives the part another name by the body, and removes its note; without one it is as it was.
    func leavePart(in parent: Int32, _ give: () -> Bool) -> Bool {
        guard isNamed(partName, in: parent) else { return false }
        unlinkat(parent, noteName, 0)
        if give() { return true }
        let reason = errno
        if let version = state.withLock({ $0.progress?.version }), write(PartNote(url, version), in: parent) {
            _ = SystemFile.move(hiddenNote, from: parent, to: noteName, in: parent)
        }
        errno = reason
        return false
    }

    /// Removes the part, with its note.
    func removePart() {
        _ = path.withParent(creates: false) { parent in
            leavePart(in: parent) { unlinkat(parent, partName, 0) == 0 }
        }
    }
}
