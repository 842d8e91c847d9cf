package import FetchSystem

/// Looks at files that links lead to.
package enum LocalFile {
    /// What is at a path.
    package enum Answer: Sendable, Hashable {
        /// A file, or anything else that is not a folder.
        case file
        /// A folder, and the path of the document that is shown for it: `index.html`, `index.htm`, `README.md`, `index.md`.
        case folder(index: String?)
        /// Nothing. The path that may be meant: the same one in other case, or with `.md` or `.html` added.
        case missing(nearest: String?)
        /// It cannot be looked at: the reason, for the middle of a sentence.
        case unreadable(String)
    }

    /// The maximum size in bytes of a document that is read.
    package static let maximumSize = 64 << 20

    /// Looks at a path. The case of its letters must be that of the file's name, also on a file system that ignores case.
    ///
    /// - Parameters:
    ///   - path: The path; as `ByteText` if it is not UTF-8.
    ///   - folder: A folder above it that the user named: the case of its letters is not compared.
    package static func look(_ path: String, below folder: String? = nil) -> Answer {
        .file
    }

    /// Reads a document as a whole.
    ///
    /// - Throws: ``InputFailure`` that names the file, also when it is larger than ``maximumSize``.
    package static func read(_ path: String) throws(InputFailure) -> [UInt8] {
        []
    }
}
