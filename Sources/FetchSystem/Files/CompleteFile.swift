package import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Writes a file as a whole: it is written under another name, and gets its own, in place of a file that has it, when it is
/// complete. A device, a pipe and the like are written to.
package enum CompleteFile {
    /// Finds out whether the file can be written, and leaves it as it is.
    ///
    /// - Parameter path: Its path; as ``ByteText`` if it is not UTF-8.
    package static func check(_ path: String) throws(Errno) {
        let target = Target(path)
        if target.isDirectory { throw .isDirectory }
        if target.exists, ByteText.withCString(target.path, { access($0, W_OK) }) != 0 { throw .last }
        guard target.isReplaced else { return }
        let (descriptor, name) = try create(beside: target)
        SystemFile.close(descriptor)
        _ = ByteText.withCString(name) { unlink($0) }
    }

    /// Writes the file.
    package static func write(_ bytes: [UInt8], to path: String) throws(Errno) {
        let target = Target(path)
        guard target.isReplaced else { return try append(bytes, to: path) }
        let (descriptor, name) = try create(beside: target)
        do throws(Errno) {
            if let mode = target.mode { _ = fchmod(descriptor, mode) }
            let written = Result { () throws(Errno) in try SystemFile.writeAll(bytes, to: descriptor) }
            let isStored = SystemFile.close(descriptor)
            try written.get()
            if !isStored { throw .ioError }
            let isNamed = ByteText.withCString(name) { source in
                ByteText.withCString(target.path) { rename(source, $0) == 0 }
            }
            if !isNamed { throw .last }
        } catch {
            _ = ByteText.withCString(name) { unlink($0) }
            throw error
        }
    }

    /// Writes behind what a file has, and creates it if it does not exist.
    package static func append(_ bytes: [UInt8], to path: String) throws(Errno) {
        let descriptor = ByteText.withCString(path) { open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666) }
        guard descriptor >= 0 else { throw .last }
        let written = Result { () throws(Errno) in try SystemFile.writeAll(bytes, to: descriptor) }
        let isStored = SystemFile.close(descriptor)
        try written.get()
        if !isStored { throw .ioError }
    }

    /// What a path leads to.
    private struct Target {
        /// The path behind links.
        var path: String
        var exists = false
        var isDirectory = false
        /// Whether a new file takes its place.
        var isReplaced = true
        /// The mode of a file that is there.
        var mode: mode_t?

        init(_ path: String) {
            self.path = path
            var status = stat()
            guard ByteText.withCString(path, { stat($0, &status) }) == 0 else { return }
            exists = true
            isDirectory = status.st_mode & S_IFMT == S_IFDIR
            // What /dev/stdout leads to is another writer's file.
            let isStream = path.hasPrefix("/dev/") || path.hasPrefix("/proc/")
            isReplaced = status.st_mode & S_IFMT == S_IFREG && !isStream
            mode = status.st_mode & 0o777
            guard let resolved = ByteText.withCString(path, { realpath($0, nil) }) else { return }
            self.path = ByteText.text(of: Array(UnsafeRawBufferPointer(start: resolved, count: strlen(resolved))))
            free(resolved)
        }
    }

    /// Creates a file for the content of another one, in the same directory. O_EXCL: nothing that is there is written to.
    private static func create(beside target: Target) throws(Errno) -> (descriptor: Int32, name: String) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        for _ in 0..<10 {
            let name = "\(target.path).\(getpid())-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))"
            let descriptor = ByteText.withCString(name) { open($0, flags, 0o666) }
            if descriptor >= 0 { return (descriptor, name) }
            let reason = Errno.last
            if reason != .fileExists { throw reason }
        }
        throw .fileExists
    }
}
