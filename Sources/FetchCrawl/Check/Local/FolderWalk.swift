import FetchHTML
import FetchSystem
import SystemPackage

/// Walks through folders for a ``DocumentFinder``.
struct FolderWalk {
    /// The documents and problems so far.
    var found: DocumentFinder.Found {
        var found = DocumentFinder.Found()
        found.documents = documents.map { DocumentFinder.Document(path: $0.key, format: $0.value) }
            .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        found.problems = problems
        return found
    }

    private var documents: [String: DocumentFormat] = [:]
    private var problems: [InputFailure] = []
    private let isExcluded: (_ path: String, _ folder: String?, _ isFolder: Bool) -> Bool

    /// Ignore rules and the folder of their file.
    private typealias Rules = [(folder: String, rules: IgnoreRules)]

    /// A folder that is to be read.
    private struct Step {
        let path: String
        let rules: Rules
    }

    /// - Parameter isExcluded: Whether a path is left out; also given the argument's folder, and whether it is a folder.
    init(isExcluded: @escaping (_ path: String, _ folder: String?, _ isFolder: Bool) -> Bool) {
        self.isExcluded = isExcluded
    }

    /// Adds a file.
    mutating func add(_ path: String) {
        documents[path] = DocumentFormat(fileName: DocumentPath.name(of: path)) ?? .text
    }

    /// Adds the documents of a folder.
    mutating func addFolder(_ path: String) throws(Errno) {
        guard !isExcluded(path, nil, true) else { return }
        // A folder that the user named must be readable.
        _ = try FolderListing.names(of: path)
        walk(path, top: path, pattern: nil)
    }

    /// Adds what a glob fits.
    ///
    /// - Throws: ``InputFailure`` for a glob that is not valid or fits nothing.
    mutating func addMatches(of glob: String) throws(InputFailure) {
        let shown = DocumentFinder.shown(glob)
        let pattern: PathPattern
        do { pattern = try PathPattern(glob, isAnchored: true) } catch { throw InputFailure(error.description) }
        var folder = glob.utf8.first == UInt8(ascii: "/") ? "/" : "."
        for part in DocumentPath.parts(glob).dropLast() {
            if PathPattern.isPattern(String(part)) || part.utf8.contains(UInt8(ascii: "\\")) { break }
            folder = DocumentPath.joined(folder, String(part))
        }
        let before = documents.count
        let matches = walk(folder, top: folder, pattern: (glob, pattern))
        guard matches > 0 || documents.count > before else {
            throw InputFailure("\(shown): no file has a name like this")
        }
    }

    /// Walks through a folder and all below it.
    ///
    /// - Parameters:
    ///   - start: The folder.
    ///   - top: The folder of the argument.
    ///   - pattern: What files and folders must fit; nil if all documents are wanted.
    /// - Returns: How many files and folders fit.
    @discardableResult
    private mutating func walk(_ start: String, top: String, pattern: (text: String, pattern: PathPattern)?) -> Int {
        var matches = 0
        // A folder is read once, so that links that lead back end.
        var visited: Set<FileStatus.Identity> = []
        var pending = [Step(path: start, rules: rules(above: start))]
        while let step = pending.popLast() {
            let names: [String]
            do throws(Errno) {
                guard visited.insert(try FileStatus(step.path).identity).inserted else { continue }
                names = try FolderListing.names(of: step.path)
            } catch {
                problems.append(InputFailure("\(DocumentFinder.shown(step.path)): \(error.lowercased)"))
                continue
            }
            var rules = step.rules
            if names.contains(IgnoreRules.fileName) { read(step.path, into: &rules) }
            for name in names {
                let path = DocumentPath.joined(step.path, name)
                let isWanted = pattern.map { $0.pattern.matches(path) } ?? (DocumentFormat(fileName: name) != nil)
                guard let kind = kind(path, isWanted: isWanted) else { continue }
                let isFolder = kind == .folder
                if isFolder, isSkipped(name, pattern?.text) || Self.isTooDeep(path, pattern?.text) && !isWanted {
                    continue
                }
                if isExcluded(path, top, isFolder) || isLeftOut(path, isFolder, rules) { continue }
                if isFolder, pattern == nil || !isWanted {
                    pending.append(Step(path: path, rules: rules))
                } else if isFolder {
                    matches += 1
                    walk(path, top: top, pattern: nil)
                } else if isWanted, kind == .regular, let pattern {
                    matches += 1
                    addMatch(path, pattern.text)
                } else if isWanted, kind == .regular {
                    add(path)
                }
            }
        }
        return matches
    }

    /// The kind of a file; nil, with a problem if it is wanted, when it cannot be looked at.
    private mutating func kind(_ path: String, isWanted: Bool) -> FileStatus.Kind? {
        do throws(Errno) {
            return try FileStatus(path).kind
        } catch {
            if isWanted { problems.append(InputFailure("\(DocumentFinder.shown(path)): \(error.lowercased)")) }
            return nil
        }
    }

    /// Adds a file that a glob fits, if its ending is known or written in the glob.
    private mutating func addMatch(_ path: String, _ glob: String) {
        let last = DocumentPath.name(of: glob)
        let hasEnding =
            last.utf8.lastIndex(of: UInt8(ascii: ".")).map { !PathPattern.isPattern(String(last[$0...])) } ?? false
        if hasEnding || DocumentFormat(fileName: DocumentPath.name(of: path)) != nil { add(path) }
    }

    /// Whether a folder is left out unless the glob names it.
    private func isSkipped(_ name: String, _ glob: String?) -> Bool {
        guard name.utf8.first == UInt8(ascii: ".") || name == "node_modules" else { return false }
        return !(glob?.contains(text: name) ?? false)
    }

    /// Whether a glob without `**` ends above what is in a folder.
    private static func isTooDeep(_ folder: String, _ glob: String?) -> Bool {
        guard let glob, !glob.contains(text: "**") else { return false }
        let slash = UInt8(ascii: "/")
        return folder.utf8.count { $0 == slash } >= glob.utf8.count { $0 == slash }
    }

    // MARK: Ignore rules

    /// The rules of the working directory and of the folders from there to a folder, which reads its own.
    private mutating func rules(above folder: String) -> Rules {
        let parts = DocumentPath.parts(folder)
        guard folder != ".", folder.utf8.first != UInt8(ascii: "/"), parts.first != ".." else { return [] }
        var rules: Rules = []
        var current = "."
        for part in parts {
            if SystemFile.exists(DocumentPath.joined(current, IgnoreRules.fileName)) { read(current, into: &rules) }
            current = DocumentPath.joined(current, String(part))
        }
        return rules
    }

    private mutating func read(_ folder: String, into rules: inout Rules) {
        do throws(InputFailure) {
            let bytes = try LocalFile.read(DocumentPath.joined(folder, IgnoreRules.fileName))
            rules.append((folder, IgnoreRules(bytes)))
        } catch {
            problems.append(error)
        }
    }

    /// Whether the rules leave a path out; those of the nearest folder that say something decide.
    private func isLeftOut(_ path: String, _ isFolder: Bool, _ rules: Rules) -> Bool {
        for (folder, rules) in rules.reversed() {
            if let inside = DocumentPath.relative(path, to: folder),
                let verdict = rules.isLeftOut(inside, isFolder: isFolder)
            {
                return verdict
            }
        }
        return false
    }
}
