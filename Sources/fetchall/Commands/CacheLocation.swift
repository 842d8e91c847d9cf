import FetchArgumentParser
import FetchSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The default location of the cache.
enum CacheLocation {
    /// `$XDG_CACHE_HOME/fetchall/cache.sqlite`, by default in `~/.cache` (XDG Base Directory Specification 0.8).
    static func standard(environment: (String) -> String?) throws -> String {
        // The specification says to ignore relative paths.
        if let folder = environment("XDG_CACHE_HOME"), folder.hasPrefix("/") {
            try check(folder, "XDG_CACHE_HOME")
            return folder + "/fetchall/cache.sqlite"
        }
        guard let home = environment("HOME") else {
            throw ValidationError("--cache: neither XDG_CACHE_HOME nor HOME is set; name a file with --cache=FILE")
        }
        try check(home, "HOME")
        return home + "/.cache/fetchall/cache.sqlite"
    }

    /// Refuses a name that would have to be repaired: the cache would be in another folder than the user's.
    private static func check(_ folder: String, _ name: String) throws {
        guard ByteText.holdsBytes(folder) else { return }
        throw ValidationError("--cache: \(name) is not UTF-8; name a file with --cache=FILE")
    }

    /// Creates the missing folders of a file. If that fails, opening the file reports the reason.
    ///
    /// - Parameter mode: Their mode; those of the default file are readable by their owner only.
    static func makeFolders(of file: String, mode: mode_t = 0o700) {
        for index in file.indices.dropFirst() where file[index] == "/" { mkdir(String(file[..<index]), mode) }
    }
}
