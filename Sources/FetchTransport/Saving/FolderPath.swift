import FetchSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A name below an open directory, resolved step by step so that no link on the way leads out of it.
package struct FolderPath: Sendable {
    /// The directory at the top.
    let top: Int32
    /// `a/b/c`, without `.` and `..` (``SafeName``).
    package let name: String

    /// Takes each value as it is.
    package init(top: Int32, name: String) {
        self.top = top
        self.name = name
    }

    /// The name without the directories before it.
    var last: String { isPlain ? name : name.split(separator: "/").last.map(String.init) ?? name }

    /// Whether there are no directories before it, as in most runs.
    var isPlain: Bool { !name.utf8.contains(UInt8(ascii: "/")) }

    /// Runs the body with the descriptor of the directory that contains the name.
    ///
    /// Every directory on the way is opened through the descriptor of the one before and without following a link: a
    /// replaced directory is not entered.
    ///
    /// - Parameters:
    ///   - creates: Whether missing directories are created.
    ///   - body: Receives the descriptor, which is closed afterwards.
    /// - Returns: The body's result; nil, with `errno`, if the directory does not exist.
    func withParent<Result>(creates: Bool, _ body: (Int32) -> Result?) -> Result? {
        if isPlain { return body(top) }
        var folder = top
        // `errno` is that of the failure; close(2) may change it.
        func leave() {
            let reason = errno
            if folder != top { SystemFile.close(folder) }
            errno = reason
        }
        for part in name.split(separator: "/").dropLast() {
            guard part != "..", part != "." else {
                leave()
                errno = EINVAL
                return nil
            }
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
