#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A body on its way to disk: a temporary file beside its final place, which gets its final name when it is whole.
public struct BodyFile: Sendable {
    /// Open for writing until it is published or discarded.
    let descriptor: Int32
    private let path: FolderPath
    private let temporaryName: String

    /// Takes over an open temporary file.
    ///
    /// - Parameters:
    ///   - descriptor: The open file.
    ///   - path: Where it belongs.
    ///   - temporaryName: Its name in the same folder.
    init(descriptor: Int32, path: FolderPath, temporaryName: String) {
        self.descriptor = descriptor
        self.path = path
        self.temporaryName = temporaryName
    }

    /// Makes the file empty again, for another attempt.
    func rewind() {
        _ = ftruncate(descriptor, 0)
        lseek(descriptor, 0, SEEK_SET)
    }

    /// Gives the file its final name in one step, in place of whatever has it.
    ///
    /// - Returns: The final name, relative to the output folder.
    func publish() throws(FetchError) -> String {
        // A close that fails (quota, NFS) means that the bytes did not arrive.
        let isWhole = close(descriptor) == 0
        let isPublished = path.withParent(creates: false) { parent -> Bool? in
            if isWhole, renameat(parent, temporaryName, parent, path.last) == 0 { return true }
            let reason = errno
            unlinkat(parent, temporaryName, 0)
            errno = reason
            return nil
        }
        guard isPublished != nil else {
            throw FetchError(.io, "cannot save \(path.name): \(String(cString: strerror(errno)))", curlCode: 23)
        }
        return path.name
    }

    /// Removes the file.
    func discard() {
        close(descriptor)
        _ = path.withParent(creates: false) { parent in unlinkat(parent, temporaryName, 0) }
    }
}
