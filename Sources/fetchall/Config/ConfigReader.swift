import FetchSystem
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Opens configuration files and looks at whose they are.
enum ConfigReader {
    /// What a file is for.
    enum Purpose {
        /// The user's file, which may name programs to run: no other user may be able to write it.
        case user
        /// The file of the working directory.
        case folder
        /// A secret that the user's file names.
        case secret
    }

    /// The file of the working directory.
    static let folderFile = "fetchall.toml"

    /// The bytes of a file; nil if it is not there.
    ///
    /// - Throws: ``ConfigMistake`` for one that cannot be read, is not a regular file, is too large, or is another user's.
    static func read(_ path: String, _ purpose: Purpose) throws(ConfigMistake) -> [UInt8]? {
        func mistake(_ message: String) -> ConfigMistake { ConfigMistake(message, at: ConfigSource(file: path)) }
        // A pipe must not hold the run up, and a link in a folder could name any file of the user.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (purpose == .folder ? O_NOFOLLOW : 0)
        let descriptor = ByteText.withCString(path) { open($0, flags) }
        guard descriptor >= 0 else {
            let error = Errno.last
            if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
            if error == .tooManySymbolicLinkLevels, purpose == .folder {
                throw mistake("it is a symbolic link; a folder's file must be a regular file")
            }
            let advice = purpose == .secret ? "" : " (--no-config runs without it)"
            throw mistake("cannot read it: \(error)\(advice)")
        }
        defer { SystemFile.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw mistake("cannot read it: \(Errno.last)") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw mistake("it is not a regular file") }
        if purpose == .user {
            // As ssh does with its files: those of root are trusted, because root can do anything.
            guard status.st_uid == geteuid() || status.st_uid == 0 else {
                throw mistake("it belongs to another user, and could name programs to run; it is not read")
            }
            guard status.st_mode & 0o022 == 0 else {
                throw mistake("others may write it, and name programs to run; run: chmod go-w \(quoted(path))")
            }
        }
        // What the folder's file costs, its author decides.
        let maximum =
            switch purpose {
            case .user: 1 << 20
            case .folder: 1 << 16
            case .secret: HostFieldValue.maximumSize
            }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = SystemFile.readSome(descriptor, into: &buffer)
            guard count >= 0 else { throw mistake("cannot read it: \(Errno.last)") }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= maximum else { throw mistake("it is larger than \(maximum >> 10) KiB") }
        }
    }

    private static func quoted(_ path: String) -> String {
        "'" + TerminalText.escaped(ByteText.shown(path)).replacing(text: "'", with: "'\\''") + "'"
    }
}

/// Where the user's file is.
enum ConfigLocation {
    /// The file, and whether the user has named it, so that it must be there.
    struct Place: Equatable {
        let path: String
        let isNamed: Bool
    }

    /// `FETCHALL_CONFIG`, else `$XDG_CONFIG_HOME/fetchall/config.toml`, by default in `~/.config` (XDG Base Directory
    /// Specification 0.8); nil if none of the variables is set, or they are relative. `/dev/null` is no file.
    static func user(_ environment: (String) -> String?) -> Place? {
        if let path = environment("FETCHALL_CONFIG") {
            return path == "/dev/null" ? nil : Place(path: path, isNamed: true)
        }
        // The specification says to ignore relative paths.
        if let folder = environment("XDG_CONFIG_HOME"), folder.hasPrefix("/") {
            return Place(path: folder + "/fetchall/config.toml", isNamed: false)
        }
        // A relative one would lead into the working directory, which may be a repository.
        return environment("HOME").flatMap { home in
            home.hasPrefix("/") ? Place(path: home + "/.config/fetchall/config.toml", isNamed: false) : nil
        }
    }
}
