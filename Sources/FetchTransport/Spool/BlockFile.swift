package import FetchHTTP
import FetchSystem
import Synchronization
import SystemPackage

/// Blocks of bytes in one unnamed file, which the system removes when the process ends. A block that is released is used
/// again, so the file is as long as the most that waited in it.
package final class BlockFile: Sendable {
    /// The number of bytes of a block.
    package static let blockSize = 64 << 10

    private struct State {
        var file: UnnamedFile?
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
        state.withLock { $0.file.take() }?.close()
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
            let full = DiskSpace(of: file.descriptor)?.failure(written: block * Self.blockSize)
        {
            release(block)
            throw full
        }
        do throws(Errno) {
            try file.write(bytes, at: block * Self.blockSize)
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
        let file = try open()
        defer { release(block) }
        guard let bytes = file.read(count, at: block * Self.blockSize) else {
            throw FetchError(.io, "cannot read the body from \(ByteText.shown(folder))", curlCode: .writeError)
        }
        return bytes
    }

    /// Lets another block take its room.
    package func release(_ block: Int) { state.withLock { $0.released.append(block) } }

    private func reserve() throws(FetchError) -> (file: UnnamedFile, block: Int) {
        let file = try open()
        return state.withLock { state in
            if let block = state.released.popLast() { return (file, block) }
            state.count += 1
            return (file, state.count - 1)
        }
    }

    private func open() throws(FetchError) -> UnnamedFile {
        let result = state.withLock { state -> Result<UnnamedFile, Errno> in
            if let file = state.file { return .success(file) }
            return Result { () throws(Errno) in
                let file = try UnnamedFile(in: folder)
                state.file = file
                return file
            }
        }
        do throws(Errno) {
            return try result.get()
        } catch {
            throw FetchError(
                .io, "cannot make a file in \(ByteText.shown(folder)) (TMPDIR): \(error)", curlCode: .writeError)
        }
    }
}
