#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A name below a folder that is open, walked step by step so that no link on the way leads out of it.
struct FolderPath {
    /// The folder at the top.
    let top: Int32
    /// `a/b/c`, without `.` and `..` (``SafeName``).
    let name: String

    /// The name without the folders before it.
    var last: String { isPlain ? name : name.split(separator: "/").last.map(String.init) ?? name }

    /// Whether there are no folders before it, as in most runs.
    var isPlain: Bool { !name.utf8.contains(UInt8(ascii: "/")) }

    /// Runs the body with the descriptor of the folder that the name is in.
    ///
    /// Every folder on the way is opened by the descriptor of the one before and without following a link: what
    /// replaces it meanwhile is not entered.
    ///
    /// - Parameters:
    ///   - creates: Whether folders that are not there are made.
    ///   - body: Gets the descriptor, which is closed afterwards.
    /// - Returns: What the body returns; nil, with `errno`, where there is no such folder.
    func withParent<Result>(creates: Bool, _ body: (Int32) -> Result?) -> Result? {
        if isPlain { return body(top) }
        var folder = top
        // `errno` belongs to what failed, and close(2) may set it.
        func leave() {
            let reason = errno
            if folder != top { SystemFile.close(folder) }
            errno = reason
        }
        for part in name.split(separator: "/").dropLast() {
            if creates, mkdirat(folder, String(part), 0o777) != 0, errno != EEXIST {
                leave()
                return nil
            }
            let next = openat(folder, String(part), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            leave()
            guard next >= 0 else { return nil }
            folder = next
        }
        defer { leave() }
        return body(folder)
    }
}
