import FetchSystem

/// The file names given out in this run, so that no two responses get the same one.
///
/// It stores 64-bit fingerprints instead of names: about 16 bytes for each of a million files. Names that differ only
/// in case count as equal, as on many file systems, and so do a file and a directory of one name. The names depend only
/// on the order of the claims; if two names have one fingerprint, the second gets a suffix that it does not need.
struct NameRegistry: Sendable {
    private var files: Set<UInt64> = []
    private var folders: Set<UInt64> = []

    /// A registry without names.
    init() {}

    /// Claims a name and returns it, or `name-<index>.ext` if it is taken.
    ///
    /// - Parameters:
    ///   - name: A safe relative path, as ``FileNameTemplate`` makes it.
    ///   - index: The input's index, which makes the name unique.
    mutating func claim(_ name: String, index: Int) -> String {
        var path = ""
        var components = name.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        let last = components.popLast() ?? "_"
        for component in components {
            path += Self.free(component, index: index) { !files.contains(Self.fingerprint(path + $0)) }
            folders.insert(Self.fingerprint(path))
            path += "/"
        }
        path += Self.free(last, index: index) { candidate in
            let print = Self.fingerprint(path + candidate)
            return !files.contains(print) && !folders.contains(print)
        }
        files.insert(Self.fingerprint(path))
        return path
    }

    /// Whether a name was given to a file.
    func contains(_ name: String) -> Bool { files.contains(Self.fingerprint(name)) }

    /// Claims a name that was given out in an earlier run.
    mutating func insert(_ name: String) {
        var path = ""
        for component in name.utf8.split(separator: UInt8(ascii: "/")).map({ String(Substring($0)) }) {
            if !path.isEmpty {
                folders.insert(Self.fingerprint(path))
                path += "/"
            }
            path += component
        }
        files.insert(Self.fingerprint(path))
    }

    /// The first free name of `name`, `name-7`, `name-7-2`, `name-7-3`, ….
    private static func free(_ name: String, index: Int, _ isFree: (String) -> Bool) -> String {
        if isFree(name) { return name }
        let (stem, ext) = SafeName.split(name)
        var suffix = "-\(index)"
        var round = 1
        while true {
            let candidate = SafeName.joined(stem, suffix: suffix, ext)
            if isFree(candidate) { return candidate }
            round += 1
            suffix = "-\(index)-\(round)"
        }
    }

    /// FNV-1a of the name without case: equal in every run, unlike Swift's own hashes.
    private static func fingerprint(_ name: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        // Upper case first, so that ß and SS, which are one name on some file systems, are equal here too.
        for byte in name.uppercased().lowercased().utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}
