import SystemPackage

/// An open list whose beginning was inspected, so that what can be known to be wrong is known before anything is sent.
package struct ListFile: Sendable {
    /// The name that the user gave; `-` is shown as `standard input`.
    package let name: String
    package let descriptor: Int32
    /// The path of a regular file; nil for standard input, a pipe and the like.
    package let path: String?

    /// Opens a file and inspects its first bytes.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - isOfURLs: Whether it is a list of URLs, so that a missing file may be a URL without its scheme.
    package static func open(_ path: String, isOfURLs: Bool = true) throws(InputFailure) -> ListFile {
        let shown = TerminalText.escaped(path)
        let descriptor: FileDescriptor
        do throws(Errno) {
            // Opening a named pipe must not block until a writer opens it: poll waits for that, and can be woken.
            descriptor = try Errno.typed {
                try .open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
            }
        } catch {
            let advice =
                error == .noSuchFileOrDirectory && isOfURLs ? "; a URL needs http:// or https:// in front" : ""
            // A URL without its scheme may have a password.
            let at = advice.isEmpty ? nil : shown.lastIndex(of: "@")
            throw InputFailure("\(at.map { "***" + shown[$0...] } ?? shown): \(error.lowercased)\(advice)")
        }
        let problem: String?
        do throws(Errno) { problem = try Self.problem(of: descriptor) } catch { problem = error.lowercased }
        if let problem {
            SystemFile.close(descriptor.rawValue)
            throw InputFailure("\(shown): \(problem)")
        }
        let isRegular = (try? descriptor.stat())?.type == .regular
        return ListFile(name: shown, descriptor: descriptor.rawValue, path: isRegular ? path : nil)
    }

    /// What is wrong with a file, as far as its first bytes show.
    private static func problem(of file: FileDescriptor) throws(Errno) -> String? {
        switch try file.stat().type {
        case .directory: return "is a directory; name a file in it"
        case .regular:
            var first = [UInt8](repeating: 0, count: 4096)
            let count = try Errno.typed {
                try first.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: 0, into: $0) }
            }
            var content = ListContent()
            return content.feed(first[..<count], { _ in })
        default: return nil
        }
    }

    /// Standard input.
    package static let standardInput = ListFile(name: "standard input", descriptor: 0, path: nil)
}

extension String {
    /// The text with a lower-case first letter, for the middle of a sentence.
    var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
