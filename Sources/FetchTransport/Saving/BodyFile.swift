package import FetchHTTP
import FetchSystem
import CPosix
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A body that is being saved: a temporary file, which gets its final name when it is complete.
///
/// Until then it has no name at all if the file system supports that. A directory that changes once for each file instead
/// of three times takes a third less time, and a killed process leaves nothing behind. A large body that can be continued is
/// called `NAME.part` instead, with a note beside it (BodyFile+Part.swift).
package final class BodyFile: Sendable {
    /// How the file is found until it has its final name.
    package enum Form: Sendable {
        /// Only by its descriptor.
        case unnamed
        /// By a hidden name.
        case temporary
        /// As `NAME.part`.
        case part
    }

    struct State {
        var form: Form
        /// The progress; nil for a file that is not continued.
        var progress: PartProgress?
        /// Whether the current request asks for a file that is newer than the existing one.
        var asksForNewer = false
        /// Whether it was tried to keep the file as a part.
        var isKeepingTried = false
    }

    /// Open for writing until it is published or discarded.
    package let descriptor: Int32
    package let folder: BodyFolder
    /// The URL of its input, for the note.
    let url: FetchURL
    /// The path that was chosen when it was opened, after which its part is named.
    package let path: FolderPath
    let index: Int
    private let closeMayFail: Bool
    let state: Mutex<State>

    /// Writes all bytes of a body to an open file.
    ///
    /// - Returns: Why it cannot, or nil.
    package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> FetchError? {
        do throws(Errno) {
            try SystemFile.writeAll(bytes, to: descriptor)
            return nil
        } catch {
            return FetchError(.io, "cannot save the body: \(error)", curlCode: .writeError)
        }
    }

    /// Takes over an open temporary file.
    ///
    /// - Parameters:
    ///   - descriptor: The open file.
    ///   - path: Its final path.
    ///   - input: The input, whose index is part of its temporary name.
    ///   - form: How it is found.
    ///   - progress: Its progress, if it may be continued.
    ///   - closeMayFail: Whether the file system may report at the close that bytes were lost.
    package init(
        descriptor: Int32, folder: BodyFolder, path: FolderPath, index: Int, url: FetchURL, form: Form,
        progress: PartProgress?, closeMayFail: Bool
    ) {
        self.descriptor = descriptor
        self.folder = folder
        self.url = url
        self.index = index
        self.closeMayFail = closeMayFail
        self.path = path
        state = Mutex(State(form: form, progress: progress))
    }

    /// The temporary name of an input's file.
    static func temporaryName(_ index: Int) -> String { ".fetchall-\(processID)-\(index).part" }

    private static let processID = getpid()

    var temporaryName: String { Self.temporaryName(index) }

    /// Empties the file for another attempt.
    package func rewind() {
        _ = ftruncate(descriptor, 0)
        lseek(descriptor, 0, SEEK_SET)
    }

    /// Gives the file its final name in one step. It replaces a file of that name, unless existing files are kept.
    ///
    /// - Parameter headers: The fields of the response, which may have a time and a name for the file.
    /// - Returns: The final name, relative to the output directory.
    package func publish(_ headers: HeaderFields = HeaderFields()) throws(FetchError) -> String {
        let form = state.withLock { $0.form }
        if folder.saving.setsTime, let time = headers["last-modified"].flatMap(HTTPDate.parse) { cposix_set_modified(descriptor, time) }
        // A close that fails (quota, NFS) means that bytes were not stored. An unnamed file is lost with its last
        // descriptor, so a duplicate is closed instead; a part is locked by it.
        let isWhole = !closeMayFail || close(dup(descriptor)) == 0
        defer { close(descriptor) }
        let name = path.withParent(creates: form != .unnamed) { parent -> String? in
            if isWhole, let name = give(form, path.last, in: parent) { return name }
            let reason = errno
            if form == .temporary { unlinkat(parent, temporaryName, 0) }
            errno = reason
            return nil
        }
        guard let name else {
            throw FetchError(.io, "cannot save \(path.name): \(Errno.last)", curlCode: .writeError)
        }
        if form == .part { removeNote() }
        return path.isPlain ? name : path.name.dropLast(path.last.count) + name
    }

    /// Gives the file a name in the directory; nil with `errno` if that is not possible.
    private func give(_ form: Form, _ last: String, in parent: Int32) -> String? {
        guard folder.saving.keepsExisting else {
            let last = folder.freeName(last, in: parent)
            return replace(form, last, in: parent) ? last : nil
        }
        for number in 0..<10_000 {
            let name = number == 0 ? last : "\(last).\(number)"
            if link(form, name, in: parent) { return name }
            guard errno == EEXIST else { return nil }
        }
        return nil
    }

    /// Gives the file a name, in place of a file that has it.
    private func replace(_ form: Form, _ last: String, in parent: Int32) -> Bool {
        switch form {
        case .unnamed:
            if cposix_link_unnamed(descriptor, parent, last) == 0 { return true }
            // link(2) replaces nothing, rename(2) does.
            guard errno == EEXIST else { return false }
            unlinkat(parent, temporaryName, 0)
            guard cposix_link_unnamed(descriptor, parent, temporaryName) == 0 else { return false }
            if renameat(parent, temporaryName, parent, last) == 0 { return true }
            let reason = errno
            unlinkat(parent, temporaryName, 0)
            errno = reason
            return false
        case .temporary: return renameat(parent, temporaryName, parent, last) == 0
        case .part: return rename(partName, to: last, in: parent)
        }
    }

    /// Gives the file a name that no file has.
    private func link(_ form: Form, _ last: String, in parent: Int32) -> Bool {
        switch form {
        case .unnamed: return cposix_link_unnamed(descriptor, parent, last) == 0
        case .temporary, .part:
            let name = form == .part ? partName : temporaryName
            if linkat(parent, name, parent, last, 0) == 0 {
                unlinkat(parent, name, 0)
                return true
            }
            // Not every file system has hard links.
            guard errno == EPERM || errno == EOPNOTSUPP else { return false }
            guard faccessat(parent, last, F_OK, AT_SYMLINK_NOFOLLOW) != 0 else {
                errno = EEXIST
                return false
            }
            return renameat(parent, name, parent, last) == 0
        }
    }

    /// Closes the file. What is there of it is kept if it can be continued, and otherwise removed.
    package func discard() {
        defer { close(descriptor) }
        if isWorthKeeping, keep() { return }
        switch state.withLock({ $0.form }) {
        case .unnamed: return
        case .temporary: _ = path.withParent(creates: false) { unlinkat($0, temporaryName, 0) }
        case .part: removePart()
        }
    }
}

extension BodyFile: Hashable {
    /// Whether they are one file.
    package static func == (left: BodyFile, right: BodyFile) -> Bool { left === right }

    /// Hashes the identity.
    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
