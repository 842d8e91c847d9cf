package import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file without a name, which the system removes when the process ends. Its methods may run concurrently.
package struct UnnamedFile: Sendable {
    private let file: FileDescriptor

    /// Creates the file.
    ///
    /// - Parameter folder: Its directory; as ``ByteText`` if the name is not UTF-8.
    package init(in folder: String) throws(Errno) {
        var name = ByteText.bytes(of: folder + "/fetchall-XXXXXX").map { CChar(bitPattern: $0) } + [0]
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw .last }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(name)
        file = FileDescriptor(rawValue: descriptor)
    }

    /// The descriptor.
    package var descriptor: Int32 { file.rawValue }

    /// Closes the file.
    package func close() { SystemFile.close(file.rawValue) }

    /// Writes all bytes at an offset.
    package func write(_ bytes: [UInt8], at offset: Int) throws(Errno) {
        try Errno.typed { _ = try file.writeAll(toAbsoluteOffset: Int64(offset), bytes) }
    }

    /// Reads what was written at an offset; nil if that is not possible.
    package func read(_ count: Int, at offset: Int) -> [UInt8]? {
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
