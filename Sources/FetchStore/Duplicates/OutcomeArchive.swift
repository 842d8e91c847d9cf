import FetchHTTP
import FetchSystem
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Bytes in an unnamed file, which the system removes when the process ends.
final class OutcomeArchive: Sendable {
    private let file: FileDescriptor

    /// Creates the file in a directory.
    init(folder: String) throws(FetchError) {
        var name = ByteText.bytes(of: folder + "/fetchall-XXXXXX").map { CChar(bitPattern: $0) } + [0]
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else {
            throw FetchError(.io, "cannot make a file in \(ByteText.shown(folder)): \(Errno.last)")
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(name)
        file = FileDescriptor(rawValue: descriptor)
    }

    /// Closes the file.
    func close() { SystemFile.close(file.rawValue) }

    /// Writes at an offset; false if that is not possible.
    func write(_ bytes: [UInt8], at offset: Int) -> Bool {
        (try? file.writeAll(toAbsoluteOffset: Int64(offset), bytes)) != nil
    }

    /// Reads what was written; nil if that is not possible.
    func read(_ count: Int, at offset: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes { bytes in
                try? file.read(
                    fromAbsoluteOffset: Int64(offset + done),
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[done...]))
            }
            guard let got, got > 0 else { return nil }
            done += got
        }
        return bytes
    }
}
