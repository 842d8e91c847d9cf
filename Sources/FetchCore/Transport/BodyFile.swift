#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A body on its way to disk: a temporary file beside its final place, which gets its final name when it is whole.
public struct BodyFile: Sendable {
    /// Open for writing until it is published or discarded.
    let descriptor: Int32
    private let folder: Int32
    private let temporaryName: String
    private let name: String

    /// Takes over an open temporary file.
    ///
    /// - Parameters:
    ///   - descriptor: The open file.
    ///   - folder: The descriptor of the output folder, which both names are relative to.
    ///   - temporaryName: Where the file is.
    ///   - name: Where it belongs.
    init(descriptor: Int32, folder: Int32, temporaryName: String, name: String) {
        self.descriptor = descriptor
        self.folder = folder
        self.temporaryName = temporaryName
        self.name = name
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
        guard close(descriptor) == 0, renameat(folder, temporaryName, folder, name) == 0 else {
            let reason = String(cString: strerror(errno))
            unlinkat(folder, temporaryName, 0)
            throw FetchError(.io, "cannot save \(name): \(reason)", curlCode: 23)
        }
        return name
    }

    /// Removes the file.
    func discard() {
        close(descriptor)
        unlinkat(folder, temporaryName, 0)
    }
}
