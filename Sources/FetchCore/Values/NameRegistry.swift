/// The names given to files in this run, so that no two answers get the same.
///
/// It keeps 64-bit fingerprints, not names: 16 bytes or so for each of a million files. Names that differ only in case
/// count as one, as they do on many file systems, and so do a file and a folder of one name. The names depend on
/// nothing but the order of the claims; should two names have one fingerprint, the second gets a suffix it did not need.
public struct NameRegistry: Sendable {
    private var files: Set<UInt64> = []
    private var folders: Set<UInt64> = []

    /// No name is taken.
    public init() {}

    /// Takes a name and gives it back, or, where it is taken, `name-<index>.ext`.
    ///
    /// - Parameters:
    ///   - name: A safe relative path, as ``FileNameTemplate`` makes it.
    ///   - index: That of the input, which makes the name a different one.
    public mutating func claim(_ name: String, index: Int) -> String {
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

    /// The first of `name`, `name-7`, `name-7-2`, `name-7-3`, … that is free.
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

    /// FNV-1a over the name without case: the same in every run, unlike Swift's own hashes.
    private static func fingerprint(_ name: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        // By way of the capitals, so that ß and SS, which are one name to some file systems, are one here too.
        for byte in name.uppercased().lowercased().utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}
