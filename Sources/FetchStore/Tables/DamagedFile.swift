import FetchSystem
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Puts files that turned out to be damaged aside, under the name `FILE.corrupt-TIME`.
package enum DamagedFile {
    /// Renames a database with SQLite's files beside it.
    ///
    /// - Returns: The new name.
    package static func putAside(_ path: String) throws(StoreFailure) -> String {
        let target = name(path)
        // The log of the damaged file must not become that of the new one.
        guard rename(path, target) == 0, rename(path + "-wal", target + "-wal") == 0 || errno == ENOENT,
            unlink(path + "-shm") == 0 || errno == ENOENT
        else { throw .io(String(cString: strerror(errno))) }
        return target
    }

    /// Copies a file that is open and goes on being used, because its beginning is good.
    ///
    /// - Returns: The name of the copy.
    static func copyAside(_ path: String, _ file: FileDescriptor) throws(Errno) -> String {
        let target = name(path)
        let copy = try Errno.typed {
            try FileDescriptor.open(
                target, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: FilePermissions(rawValue: 0o600))
        }
        do throws(Errno) {
            var buffer = [UInt8](repeating: 0, count: 1 << 18)
            var offset: Int64 = 0
            while true {
                let count = try Errno.typed {
                    try buffer.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: offset, into: $0) }
                }
                if count == 0 { break }
                try Errno.typed {
                    try buffer.withUnsafeBytes { bytes in
                        try SystemFile.writeAll(.init(rebasing: bytes[..<count]), to: copy.rawValue)
                    }
                }
                offset += Int64(count)
            }
        } catch {
            SystemFile.close(copy.rawValue)
            unlink(target)
            throw error
        }
        guard SystemFile.close(copy.rawValue) else { throw .ioError }
        return target
    }

    private static func name(_ path: String) -> String {
        var time: [UInt8] = []
        var writer = TimestampWriter()
        writer.append(MonotonicClock.wallMilliseconds(), into: &time)
        return path + ".corrupt-" + String(decoding: time.filter { $0 != UInt8(ascii: ":") }, as: UTF8.self)
    }
}
