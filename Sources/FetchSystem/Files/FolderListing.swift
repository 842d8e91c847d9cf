package import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The names in a folder.
package enum FolderListing {
    /// The names of a folder without `.` and `..`, as ``ByteText`` where they are not UTF-8, sorted by their bytes.
    ///
    /// - Parameter path: The folder; as ``ByteText`` if it is not UTF-8.
    package static func names(of path: String) throws(Errno) -> [String] {
        guard let stream = ByteText.withCString(path, { opendir($0) }) else { throw Errno.last }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw Errno.last }
                return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            }
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if bytes != [0x2E], bytes != [0x2E, 0x2E] { names.append(ByteText.text(of: bytes)) }
        }
    }
}
