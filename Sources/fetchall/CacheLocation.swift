import ArgumentParser
import FetchCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where the cache is when nobody says where.
enum CacheLocation {
    /// `$XDG_CACHE_HOME/fetchall/cache.sqlite`, by default in `~/.cache` (XDG Base Directory Specification 0.8).
    static func standard(environment: (String) -> String?) throws -> String {
        // The specification has relative paths ignored.
        if let folder = environment("XDG_CACHE_HOME"), folder.hasPrefix("/") {
            return folder + "/fetchall/cache.sqlite"
        }
        guard let home = environment("HOME") else {
            throw ValidationError("--cache: neither XDG_CACHE_HOME nor HOME is set; name a file with --cache=FILE")
        }
        return home + "/.cache/fetchall/cache.sqlite"
    }

    /// Makes the folders of the standard file that are missing, readable by their owner alone. Where that fails, opening
    /// the file says why.
    static func makeFolders(of file: String) {
        for index in file.indices.dropFirst() where file[index] == "/" { mkdir(String(file[..<index]), 0o700) }
    }
}
