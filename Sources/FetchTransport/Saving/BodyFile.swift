package import FetchHTTP
import FetchSystem
import CPosix
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A body that is being saved: a temporary file beside its final path, which gets its final name when it is complete.
/// Until then it has no name at all if the file system supports that. A directory that changes once for each file
/// instead of three times takes a third less time, and a killed process leaves nothing behind.
package struct BodyFile: Sendable {
    /// Open for writing until it is published or discarded.
    package let descriptor: Int32
    private let path: FolderPath
    private let index: Int
    private let isUnnamed: Bool
    private let closeMayFail: Bool

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
    ///   - index: The index of its input, which is part of its temporary name.
    ///   - isUnnamed: Whether it has no name yet.
    ///   - closeMayFail: Whether the file system may report at the close that bytes were lost.
    init(descriptor: Int32, path: FolderPath, index: Int, isUnnamed: Bool = false, closeMayFail: Bool = true) {
        self.descriptor = descriptor
        self.path = path
        self.index = index
        self.isUnnamed = isUnnamed
        self.closeMayFail = closeMayFail
    }

    /// The temporary name of an input's file.
    static func temporaryName(_ index: Int) -> String { ".fetchall-\(processID)-\(index).part" }

    private static let processID = getpid()

    private var temporaryName: String { Self.temporaryName(index) }

    /// Empties the file for another attempt.
    package func rewind() {
        _ = ftruncate(descriptor, 0)
        lseek(descriptor, 0, SEEK_SET)
    }

    /// Gives the file its final name in one step, and replaces a file of that name.
    ///
    /// - Returns: The final name, relative to the output directory.
    package func publish() throws(FetchError) -> String {
        // A close that fails (quota, NFS) means that bytes were not stored. An unnamed file is lost with its last
        // descriptor, so a duplicate is closed instead.
        let isWhole = isUnnamed ? !closeMayFail || close(dup(descriptor)) == 0 : close(descriptor) == 0
        let isPublished = path.withParent(creates: false) { parent -> Bool? in
            if isWhole, isUnnamed ? link(in: parent) : renameat(parent, temporaryName, parent, path.last) == 0 {
                return true
            }
            let reason = errno
            if !isUnnamed { unlinkat(parent, temporaryName, 0) }
            errno = reason
            return nil
        }
        let reason = errno
        if isUnnamed { close(descriptor) }
        guard isPublished != nil else {
            throw FetchError(.io, "cannot save \(path.name): \(Errno(rawValue: reason))", curlCode: .writeError)
        }
        return path.name
    }

    /// Gives an unnamed file its final name; false with `errno` if that is not possible.
    private func link(in parent: Int32) -> Bool {
        if cposix_link_unnamed(descriptor, parent, path.last) == 0 { return true }
        // link(2) replaces nothing, rename(2) does.
        guard errno == EEXIST else { return false }
        unlinkat(parent, temporaryName, 0)
        guard cposix_link_unnamed(descriptor, parent, temporaryName) == 0 else { return false }
        if renameat(parent, temporaryName, parent, path.last) == 0 { return true }
        let reason = errno
        unlinkat(parent, temporaryName, 0)
        errno = reason
        return false
    }

    /// Removes the file.
    package func discard() {
        close(descriptor)
        guard !isUnnamed else { return }
        _ = path.withParent(creates: false) { parent in unlinkat(parent, temporaryName, 0) }
    }
}
