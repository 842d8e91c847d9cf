package import FetchHTML
package import FetchSystem
import SystemPackage

/// Finds the documents that arguments name: files, folders and globs.
///
/// In folders and for globs, folders that are hidden (`.git`) or named `node_modules` are left out unless the argument names
/// them, and so is what the rules of `.fetchallignore` files leave out (``IgnoreRules``), from the working directory on.
package struct DocumentFinder: Sendable {
    /// A document in a file.
    package struct Document: Sendable, Hashable {
        /// The path from the working directory, or from `/` if the argument was; as `ByteText` if it is not UTF-8.
        package let path: String
        /// Its format, from the ending of its name; text for an unknown ending.
        package let format: DocumentFormat
    }

    /// What was found.
    package struct Found: Sendable, Equatable {
        /// The documents, each path once, sorted by its bytes.
        package var documents: [Document] = []
        /// Folders and ignore files that could not be read, with their paths and the reasons.
        package var problems: [InputFailure] = []
    }

    private let excluded: [(pattern: PathPattern, isForFolders: Bool)]

    /// Makes a finder.
    ///
    /// - Parameter excluded: Globs of paths that are left out, with all that is in them, also of files that are named. A pattern
    ///   is compared with the path and with the part of it below an argument's folder; one without `/` fits any part of a path,
    ///   one with `/` at its end only folders.
    /// - Throws: ``ParseFailure`` for a pattern that is not valid.
    package init(excluding excluded: [String] = []) throws(ParseFailure) {
        var patterns: [(PathPattern, Bool)] = []
        for text in excluded {
            let isForFolders = text.utf8.count > 1 && text.utf8.last == UInt8(ascii: "/")
            var text = isForFolders ? Substring(text.utf8.dropLast()) : Substring(text)
            while text.hasPrefix("./") { text = text.dropFirst(2) }
            patterns.append((try PathPattern(String(text)), isForFolders))
        }
        self.excluded = patterns
    }

    /// Finds the documents of arguments.
    ///
    /// - Parameter arguments: Files, folders and globs (``PathPattern``). A file that is named is a document whatever its ending.
    ///   A glob fits files whose ending is known or is written in it, and folders.
    /// - Throws: ``InputFailure`` for an argument that does not exist, cannot be read or is not a valid glob, and for a glob
    ///   without a match.
    package func find(_ arguments: [String]) throws(InputFailure) -> Found {
        var walk = FolderWalk(isExcluded: isExcluded)
        for argument in arguments {
            let path = DocumentPath.normal(argument)
            do throws(Errno) {
                let status = try FileStatus(path)
                if status.kind == .folder {
                    try walk.addFolder(path)
                } else if !isExcluded(path, below: nil, isFolder: false) {
                    walk.add(path)
                }
            } catch {
                guard error == .noSuchFileOrDirectory || error == .notDirectory, PathPattern.isPattern(argument) else {
                    throw InputFailure("\(Self.shown(argument)): \(error.lowercased)")
                }
                try walk.addMatches(of: path)
            }
        }
        return walk.found
    }

    /// The path for a message.
    static func shown(_ path: String) -> String { TerminalText.escaped(ByteText.shown(path)) }

    /// Whether a path or a folder above it is left out.
    private func isExcluded(_ path: String, below folder: String?, isFolder: Bool) -> Bool {
        guard !excluded.isEmpty else { return false }
        if isExcluded(path, isFolder: isFolder) { return true }
        guard let folder, let inside = DocumentPath.relative(path, to: folder) else { return false }
        return isExcluded(inside, isFolder: isFolder)
    }

    private func isExcluded(_ path: String, isFolder: Bool) -> Bool {
        var end = path.utf8.endIndex
        while true {
            let part = path[..<end]
            let isWhole = end == path.endIndex
            if excluded.contains(where: { ($0.isForFolders ? isFolder || !isWhole : true) && $0.pattern.matches(part) })
            {
                return true
            }
            guard let slash = path.utf8[..<end].lastIndex(of: UInt8(ascii: "/")), slash > path.startIndex else {
                return false
            }
            end = slash
        }
    }
}
