import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A regular file that is read when it is needed: a path of the user, or a name that must be below a folder.
package struct FileReference: Sendable, Hashable {
    /// The folder that the file must be below; nil for a path of the user.
    package let folder: String?
    /// The path, or `a/b/c` below the folder.
    package let name: String

    /// Names a file by a path of the user.
    package init(path: String) {
        folder = nil
        name = path
    }

    /// Names a file below a folder, for a list that a stranger may have written.
    ///
    /// - Throws: ``ParseFailure`` for an absolute path, an empty name, and one with `.`, `..` or NUL.
    package init(_ name: String, below folder: String) throws(ParseFailure) {
        let shown = TerminalText.escaped(String(name.prefix(200)))
        guard !name.hasPrefix("/") else {
            throw ParseFailure("the file '\(shown)' must be a path below the folder that the list may use, not from /")
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }), !name.utf8.contains(0) else {
            throw ParseFailure("the name '\(shown)' must be a path below the folder of the list, without . and ..")
        }
        self.folder = folder
        self.name = name
    }

    /// The name for messages.
    package var shown: String { TerminalText.escaped(name) }

    /// The path as a command takes it: one that begins with a hyphen could be an option.
    package var path: String {
        let path = folder.map { "\($0)/\(name)" } ?? name
        return path.hasPrefix("-") ? "./" + path : path
    }

    /// The last part of the name.
    package var last: String { name.split(separator: "/").last.map(String.init) ?? name }

    /// Opens the file. A name below a folder is opened step by step, so that no link on the way leads out of it.
    ///
    /// - Returns: The descriptor, which the caller closes, and the size in bytes.
    /// - Throws: ``InputFailure`` that names the file.
    package func open() throws(InputFailure) -> (descriptor: Int32, size: Int) {
        let descriptor: Int32
        do throws(Errno) {
            if let folder {
                descriptor = try openBelow(folder)
            } else {
                descriptor = try Self.open(AT_FDCWD, name, O_NONBLOCK)
            }
        } catch {
            let isLink = folder != nil && (error == .tooManySymbolicLinkLevels || error == .notDirectory)
            throw InputFailure("\(shown): \(isLink ? "a link on the way is not followed" : error.lowercased)")
        }
        guard let status = try? FileDescriptor(rawValue: descriptor).stat(), status.type == .regular else {
            SystemFile.close(descriptor)
            throw InputFailure("\(shown): is not a regular file")
        }
        return (descriptor, Int(status.size))
    }

    /// The size of the file in bytes, from opening it.
    package func size() throws(InputFailure) -> Int {
        let (descriptor, size) = try open()
        SystemFile.close(descriptor)
        return size
    }

    private func openBelow(_ folder: String) throws(Errno) -> Int32 {
        var parent = try Self.open(AT_FDCWD, folder, O_DIRECTORY)
        let parts = name.split(separator: "/").map(String.init)
        for (index, part) in parts.enumerated() {
            let flags = index < parts.count - 1 ? O_DIRECTORY | O_NOFOLLOW : O_NONBLOCK | O_NOFOLLOW
            let next = Result { () throws(Errno) in try Self.open(parent, part, flags) }
            SystemFile.close(parent)
            parent = try next.get()
        }
        return parent
    }

    private static func open(_ parent: Int32, _ name: String, _ flags: Int32) throws(Errno) -> Int32 {
        let descriptor = openat(parent, name, O_RDONLY | O_CLOEXEC | flags)
        guard descriptor >= 0 else { throw Errno.last }
        return descriptor
    }
}
