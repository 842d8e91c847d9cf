#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A list that is open for reading and was looked at: what can be known to be wrong with it is known before anything is
/// sent.
struct ListFile: Sendable {
    /// What the user called it; `-` is shown as `standard input`.
    let name: String
    let descriptor: Int32

    /// Opens a file and looks at its first bytes.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - isOfURLs: Whether it is a list of URLs, so that a name that is none may be a URL without its scheme.
    static func open(_ path: String, isOfURLs: Bool = true) throws(InputFailure) -> ListFile {
        let shown = TerminalText.escaped(path)
        let descriptor = systemOpen(path)
        guard descriptor >= 0 else {
            let advice = errno == ENOENT && isOfURLs ? "; a URL needs http:// or https:// in front" : ""
            throw InputFailure("\(shown): \(String(cString: strerror(errno)).lowercasedFirst)\(advice)")
        }
        var status = stat()
        fstat(descriptor, &status)
        if status.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw InputFailure("\(shown): is a directory; name a file in it")
        }
        let file = ListFile(name: shown, descriptor: descriptor)
        if status.st_mode & S_IFMT == S_IFREG {
            var first = [UInt8](repeating: 0, count: 4096)
            let count = pread(descriptor, &first, first.count, 0)
            if count < 0 {
                let reason = String(cString: strerror(errno)).lowercasedFirst
                close(descriptor)
                throw InputFailure("\(shown): \(reason)")
            }
            var content = ListContent()
            defer { content.close() }
            if let problem = content.feed(first[..<count], { _ in }) {
                close(descriptor)
                throw InputFailure("\(shown): \(problem)")
            }
        }
        return file
    }

    /// Standard input.
    static let standardInput = ListFile(name: "standard input", descriptor: 0)

    private static func systemOpen(_ path: String) -> Int32 {
        // A named pipe must not hold up the start until somebody writes to it: poll waits for that, and can be woken.
        #if canImport(Glibc)
        Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        #else
        Darwin.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        #endif
    }
}

extension String {
    /// `No such file` as the middle of a sentence.
    var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
