import FetchHTML
package import FetchSystem
import SystemPackage

/// Looks at files that links lead to.
package enum LocalFile {
    /// What is at a path.
    package enum Answer: Sendable, Hashable {
        /// A file, or anything else that is not a folder.
        case file
        /// A folder, and the path of the document that is shown for it: `index.html`, `index.htm`, `README.md`, `index.md`.
        case folder(index: String?)
        /// Nothing. The path that may be meant: the same one in other case, or with another ending.
        case missing(nearest: String?)
        /// It cannot be looked at: the reason, for the middle of a sentence.
        case unreadable(String)
    }

    /// The maximum size in bytes of a document that is read.
    package static let maximumSize = 64 << 20
    /// The documents that are shown for a folder.
    private static let indices = ["index.html", "index.htm", "README.md", "index.md"]
    /// The endings that a link may lack.
    private static let endings = [".md", ".html", ".markdown", ".htm"]

    /// Looks at a path. The case of its letters must be that of the file's name, also on a file system that ignores case.
    ///
    /// - Parameters:
    ///   - path: The path; as `ByteText` if it is not UTF-8.
    ///   - folder: A folder above it that the user named: the case of its letters is not compared.
    package static func look(_ path: String, below folder: String? = nil) -> Answer {
        let path = DocumentPath.normal(path)
        do throws(Errno) {
            let status = try FileStatus(path)
            if let actual = actualPath(path, below: folder) { return .missing(nearest: actual) }
            guard status.kind == .folder else { return .file }
            let index = indices.lazy.map { DocumentPath.joined(path, $0) }.first {
                (try? FileStatus($0))?.kind == .regular
            }
            return .folder(index: index)
        } catch {
            switch error {
            case .noSuchFileOrDirectory, .notDirectory, .fileNameTooLong: return .missing(nearest: nearest(path))
            default: return .unreadable(error.lowercased)
            }
        }
    }

    /// Reads a document as a whole.
    ///
    /// - Throws: ``InputFailure`` that names the file, also when it is larger than ``maximumSize``.
    package static func read(_ path: String) throws(InputFailure) -> [UInt8] {
        // A pipe that a link leads to may have no writer.
        if let kind = (try? FileStatus(path))?.kind, kind != .regular {
            throw InputFailure("\(TerminalText.escaped(ByteText.shown(path))): is not a regular file")
        }
        return try WholeFile.read(path == "-" ? "./-" : path, limit: maximumSize >> 20)
    }

    // MARK: Case

    /// The path with the names that its parts have, if a file system has ignored their case; nil if they are the same.
    private static func actualPath(_ path: String, below folder: String?) -> String? {
        var current = path.utf8.first == UInt8(ascii: "/") ? "/" : ""
        var differs = false
        let start = folder.flatMap {
            DocumentPath.relative(path, to: $0) == nil ? nil : DocumentPath.parts(DocumentPath.normal($0)).count
        }
        for (index, part) in DocumentPath.parts(path).enumerated() {
            var name = String(part)
            if index >= start ?? 0, part != "..", ignoresCase(current, name) {
                let names = (try? FolderListing.names(of: current.isEmpty ? "." : current)) ?? [name]
                if !names.contains(name), let actual = names.first(where: { isSame($0, name) }) {
                    name = actual
                    differs = true
                }
            }
            current = current.isEmpty || current == "/" ? current + name : current + "/" + name
        }
        return differs ? current : nil
    }

    /// Whether a name leads to the same file when the case of its letters is changed.
    private static func ignoresCase(_ folder: String, _ name: String) -> Bool {
        let changed = String(name.map { $0.isUppercase ? Character($0.lowercased()) : Character($0.uppercased()) })
        guard changed != name, let own = try? FileStatus(DocumentPath.joined(folder, name)),
            let other = try? FileStatus(DocumentPath.joined(folder, changed))
        else { return false }
        return own.identity == other.identity
    }

    private static func isSame(_ name: String, _ other: String) -> Bool { name.lowercased() == other.lowercased() }

    // MARK: What may be meant

    private static func nearest(_ path: String) -> String? {
        var current = path.utf8.first == UInt8(ascii: "/") ? "/" : "."
        let parts = DocumentPath.parts(path)
        for (index, part) in parts.enumerated() {
            let next = DocumentPath.joined(current, String(part))
            if (try? FileStatus(next)) != nil {
                current = next
                continue
            }
            let names = (try? FolderListing.names(of: current)) ?? []
            let isLast = index == parts.count - 1
            guard
                let name = names.first(where: { isSame($0, String(part)) }) ?? (isLast ? withEnding(part, names) : nil)
            else {
                return nil
            }
            current = DocumentPath.joined(current, name)
        }
        return current
    }

    /// The name with an ending that it lacks, or with another one.
    private static func withEnding(_ name: Substring, _ names: [String]) -> String? {
        let stem = endings.first(where: { name.hasSuffix($0) }).map { name.dropLast($0.count) } ?? name
        return endings.lazy.flatMap { [String(name) + $0, String(stem) + $0] }.first { wanted in names.contains(wanted)
        }
    }
}
