/// Knows the names of this run's files and gives the second of two equal ones another.
///
/// Names count as equal where some file system takes them for one: `a.html` and `A.html`, or a file `a` beside a file
/// in a folder `a`. It keeps a fingerprint of 64 bits for each, so a million names cost some tens of megabytes at most.
/// Asked in the order of the inputs, it gives the same names in every run.
public struct NameRegistry: Sendable {
    private var files: Set<Int> = []
    private var folders: Set<Int> = []

    /// Knows no name.
    public init() {}

    /// The path under which a file may be written: the given one, or `name-<index>.ext` if that is taken.
    ///
    /// - Parameters:
    ///   - path: A safe relative path, as ``FileNameTemplate`` makes it.
    ///   - index: The index of the input, which nobody else has.
    public mutating func claim(_ path: String, index: Int) -> String {
        var components = path.split(separator: "/").map(String.init)
        if components.isEmpty { components = ["_"] }
        var parent = Hasher()
        for depth in components.indices {
            let isFile = depth == components.count - 1
            let original = components[depth]
            var child = Self.hash(original, in: parent)
            var attempt = 0
            while isTaken(child.finalized, isFile: isFile) {
                // Somebody may have a file that is really called `name-7.html`.
                attempt += 1
                let suffix = attempt == 1 ? "-\(index)" : "-\(index)-\(attempt)"
                // A folder has no extension to keep.
                components[depth] = isFile ? SafeName.suffixed(original, suffix) : Self.folder(original, suffix)
                child = Self.hash(components[depth], in: parent)
            }
            if isFile { files.insert(child.finalized) } else { folders.insert(child.finalized) }
            parent = child
        }
        return components.joined(separator: "/")
    }

    private func isTaken(_ fingerprint: Int, isFile: Bool) -> Bool {
        files.contains(fingerprint) || isFile && folders.contains(fingerprint)
    }

    /// The hash of a name in a folder, without case. Swift seeds it anew in every process, so that nobody can prepare
    /// names that collide; equal names are equal whatever the seed. Strings hash by canonical equivalence, as macOS
    /// compares names.
    private static func hash(_ name: String, in folder: Hasher) -> Hasher {
        var hasher = folder
        hasher.combine(name.lowercased())
        return hasher
    }

    private static func folder(_ name: String, _ suffix: String) -> String {
        var stem = name.unicodeScalars
        while String(stem).utf8.count > SafeName.componentLimit - suffix.utf8.count { stem.removeLast() }
        return String(stem) + suffix
    }
}

extension Hasher {
    /// The value so far; the hasher itself can go on.
    fileprivate var finalized: Int {
        let copy = self
        return copy.finalize()
    }
}
