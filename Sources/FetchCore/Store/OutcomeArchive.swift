#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Bytes that are put away in a file without a name, which the system takes back when the process ends.
final class OutcomeArchive: Sendable {
    private let descriptor: Int32

    /// Makes the file in a folder.
    init(folder: String) throws(FetchError) {
        var name = (folder + "/fetchall-XXXXXX").utf8CString.map { $0 }
        descriptor = mkstemp(&name)
        guard descriptor >= 0 else {
            throw FetchError(.io, "cannot make a file in \(folder): \(String(cString: strerror(errno)))")
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(name)
    }

    /// Gives the file back.
    func close() { SystemFile.close(descriptor) }

    /// Writes at a place; false when that is not possible.
    func write(_ bytes: [UInt8], at offset: Int) -> Bool {
        var done = 0
        while done < bytes.count {
            let part = done == 0 ? bytes : Array(bytes[done...])
            let count = pwrite(descriptor, part, part.count, off_t(offset + done))
            if count > 0 { done += count } else if errno != EINTR { return false }
        }
        return true
    }

    /// Reads what was written; nil when that is not possible.
    func read(_ count: Int, at offset: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var part = [UInt8](repeating: 0, count: count - bytes.count)
            let got = pread(descriptor, &part, part.count, off_t(offset + bytes.count))
            if got > 0 { bytes += part[..<got] } else if got == 0 || errno != EINTR { return nil }
        }
        return bytes
    }
}
