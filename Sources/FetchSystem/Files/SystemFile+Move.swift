#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension SystemFile {
    /// Renames a file without replacing one: false with `errno` `EEXIST` if the new name is taken.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - source: The directory that it is in.
    ///   - other: The new name.
    ///   - target: The directory of the new name.
    package static func move(_ name: String, from source: Int32, to other: String, in target: Int32) -> Bool {
        if linkat(source, name, target, other, 0) == 0 {
            unlinkat(source, name, 0)
            return true
        }
        // Not every file system has hard links.
        guard errno == EPERM || errno == EOPNOTSUPP else { return false }
        guard faccessat(target, other, F_OK, AT_SYMLINK_NOFOLLOW) != 0 else {
            errno = EEXIST
            return false
        }
        return renameat(source, name, target, other) == 0
    }
}
