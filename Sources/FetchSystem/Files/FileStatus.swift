package import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What is at a path, and which file it is.
package struct FileStatus: Sendable, Hashable {
    /// The kinds of files that are distinguished.
    package enum Kind: Sendable, Hashable {
        case regular
        case folder
        case other
    }

    /// Which file it is, whatever its path.
    package struct Identity: Sendable, Hashable {
        let device: UInt64
        let number: UInt64
    }

    /// The kind.
    package let kind: Kind
    /// The size in bytes.
    package let size: Int
    /// Equal for two paths of the same file.
    package let identity: Identity

    /// Looks at a path; links are followed.
    ///
    /// - Parameter path: The path; as ``ByteText`` if it is not UTF-8.
    package init(_ path: String) throws(Errno) {
        var status = stat()
        let result = ByteText.withCString(path) { stat($0, &status) }
        guard result == 0 else { throw Errno.last }
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .regular
        case S_IFDIR: kind = .folder
        default: kind = .other
        }
        size = Int(status.st_size)
        identity = Identity(
            device: UInt64(truncatingIfNeeded: status.st_dev), number: UInt64(truncatingIfNeeded: status.st_ino))
    }
}
