package import FetchHTML
package import FetchSystem

/// Finds the documents that arguments name: files, folders and globs.
package struct DocumentFinder: Sendable {
    /// A document in a file.
    package struct Document: Sendable, Hashable {
        /// The path, as the argument began it; as `ByteText` if it is not UTF-8.
        package let path: String
        /// Its format, from the ending of its name; text for an unknown ending.
        package let format: DocumentFormat
    }

    /// What was found.
    package struct Found: Sendable, Equatable {
        /// The documents, each once, sorted by the bytes of their paths.
        package var documents: [Document] = []
        /// Folders that could not be read, with their paths and the reasons.
        package var problems: [InputFailure] = []
    }

    /// Makes a finder.
    ///
    /// - Parameter excluded: Globs of paths that are left out, also of files that are named (a pattern without `/` fits a
    ///   name in any folder).
    /// - Throws: ``ParseFailure`` for a pattern that is not valid.
    package init(excluding excluded: [String] = []) throws(ParseFailure) {}

    /// Finds the documents of arguments.
    ///
    /// - Parameter arguments: Files, folders and globs (`*`, `**`, `?`, `[a-z]`, `{a,b}`). A file that is named is a document
    ///   whatever its ending.
    /// - Throws: ``InputFailure`` for an argument that does not exist, cannot be read or is not a valid glob, and for a glob
    ///   without a match.
    package func find(_ arguments: [String]) throws(InputFailure) -> Found {
        Found()
    }
}
