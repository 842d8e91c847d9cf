package import FetchHTTP
import FetchSystem
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The name that a complete file gets.
struct FileTarget {
    /// Its path in the directory.
    var path: FolderPath
    /// Whether a file of that name stays, and this one gets a number.
    var keepsExisting: Bool
}

/// The names of complete files.
extension BodyFolder {
    /// The name of an input's file if there is one already that has the input's checksum; otherwise the name is reserved for
    /// the input.
    package func existing(for input: Input, _ url: FetchURL) -> String? {
        let name = state.withLock { $0.reserved.removeValue(forKey: input.index) } ?? claim(for: input, url)
        let path = FolderPath(top: folder, name: name)
        let isThere = path.withParent(creates: false) { parent -> Bool? in
            guard let checksum = input.checksum else {
                return faccessat(parent, path.last, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ? true : nil
            }
            return Self.has(checksum, path.last, in: parent) ? true : nil
        }
        if isThere == true { return name }
        state.withLock { $0.reserved[input.index] = name }
        return nil
    }

    static func has(_ checksum: Checksum, _ name: String, in parent: Int32) -> Bool {
        let file = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { SystemFile.close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let digests = FileDigests([checksum.algorithm]), !digests.isIncomplete,
            let sum = digests.finish(file, size: Int(status.st_size), isRead: false)?[checksum.algorithm]
        else { return false }
        return checksum.mismatch(sum) == nil
    }

    /// The final path of a complete file, where its response or its content determines it.
    ///
    /// - Parameters:
    ///   - remote: The name that the server gave it. No server chooses which of the existing files is replaced.
    ///   - sha256: Its digest, if the template needs it.
    func target(of file: BodyFile, _ remote: String?, sha256: [UInt8]?) -> FileTarget {
        var wanted: String?
        var keepsExisting = saving.keepsExisting
        if template.needsDigest, let sha256 {
            wanted = template.name(for: file.input, url: file.url, digest: Checksum.hexadecimal(sha256))
        }
        if saving.usesRemoteName, let remote {
            let path = wanted.map { FolderPath(top: folder, name: $0) } ?? file.path
            wanted = path.name.dropLast(path.last.count) + remote
            keepsExisting = true
        }
        guard let wanted = wanted.map(allowed), wanted != file.path.name else {
            return FileTarget(path: file.path, keepsExisting: keepsExisting)
        }
        let name = state.withLock { $0.names.claim(wanted, index: file.input.index) }
        return FileTarget(path: FolderPath(top: folder, name: name), keepsExisting: keepsExisting)
    }

    /// A name that no note has: a server must not be able to write one.
    func allowed(_ name: String) -> String {
        saving.continues && name.lowercased().hasSuffix(BodyFile.noteEnding) ? name + "_" : name
    }

    /// A name that is not that of an unfinished file of another run: the name itself for nearly all.
    func freeName(_ last: String, in parent: Int32) -> String {
        guard saving.continues, last.lowercased().hasSuffix(BodyFile.partEnding) else { return last }
        var name = last
        while faccessat(parent, name + ".json", F_OK, AT_SYMLINK_NOFOLLOW) == 0 { name += "_" }
        return name
    }
}
