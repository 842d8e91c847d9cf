package import FetchHTTP
import FetchSystem
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Blocks of bytes in one unnamed file, which the system removes when the process ends. A block that is released is used
/// again, so the file is as long as the most that waited in it.
package final class BlockFile: Sendable {
    /// The number of bytes of a block.
    package static let blockSize = 64 << 10

    private struct State {
        var file: FileDescriptor?
        var released: [Int] = []
        var count = 0
    }

    private let folder: String
    private let state = Mutex(State())

    /// Makes none yet: the file is created for the first block.
    ///
    /// - Parameter folder: The directory of the file; as ``ByteText`` if its name is not UTF-8.
    package init(folder: String) { self.folder = folder }

    deinit { close() }

    /// Closes the file.
    package func close() {
        let file = state.withLock { $0.file.take() }
        if let file { SystemFile.close(file.rawValue) }
    }

    /// The number of blocks that the file has room for.
    package var blockCount: Int { state.withLock { $0.count } }

    /// Writes a block.
    ///
    /// - Parameter bytes: At most ``blockSize`` bytes.
    /// - Returns: Its number.
    /// - Throws: ``FetchError`` of kind `io`.
    package func write(_ bytes: [UInt8]) throws(FetchError) -> Int {
        let (file, block) = try reserve()
        // A reader that stands still lets the file grow as long as the server sends.
        if block > 0, block % (DiskSpace.interval / Self.blockSize) == 0,
            let full = DiskSpace(of: file.rawValue)?.failure(written: block * Self.blockSize)
        {
            release(block)
            throw full
        }
        do {
            try file.writeAll(toAbsoluteOffset: Int64(block * Self.blockSize), bytes)
            return block
        } catch {
            release(block)
            throw FetchError(
                .io, "cannot keep the body in \(ByteText.shown(folder)): \(error)", curlCode: .writeError)
        }
    }

    /// Reads a block, and releases it.
    ///
    /// - Parameter count: The number of its bytes.
    /// - Throws: ``FetchError`` of kind `io`.
    package func take(_ block: Int, count: Int) throws(FetchError) -> [UInt8] {
        let (file, _) = try open()
        defer { release(block) }
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes { bytes in
                try? file.read(
                    fromAbsoluteOffset: Int64(block * Self.blockSize + done),
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[done...]))
            }
            guard let got, got > 0 else {
                throw FetchError(.io, "cannot read the body from \(ByteText.shown(folder))", curlCode: .writeError)
            }
            done += got
        }
        return bytes
    }

    /// Lets another block take its room.
    package func release(_ block: Int) { state.withLock { $0.released.append(block) } }

    private func reserve() throws(FetchError) -> (file: FileDescriptor, block: Int) {
        let (file, _) = try open()
        return state.withLock { state in
            if let block = state.released.popLast() { return (file, block) }
            state.count += 1
            return (file, state.count - 1)
        }
    }

    private func open() throws(FetchError) -> (file: FileDescriptor, isNew: Bool) {
        let result = state.withLock { state -> Result<(FileDescriptor, Bool), FetchError> in
            if let file = state.file { return .success((file, false)) }
            var name = ByteText.bytes(of: folder + "/fetchall-XXXXXX").map { CChar(bitPattern: $0) } + [0]
            let descriptor = mkstemp(&name)
            guard descriptor >= 0 else {
                return .failure(
                    FetchError(
                        .io, "cannot make a file in \(ByteText.shown(folder)) (TMPDIR): \(Errno.last)",
                        curlCode: .writeError))
            }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            unlink(name)
            let file = FileDescriptor(rawValue: descriptor)
            state.file = file
            return .success((file, true))
        }
        return try result.get()
    }
}
