import FetchHTTP
import FetchSystem
import SystemPackage

/// The open files of a body while it is sent: what libcurl reads from.
///
/// Not Sendable: it belongs to the loop's thread. The reads block it, as a slow disk does where bodies are saved.
final class UploadStream {
    private enum Source {
        case bytes([UInt8])
        case file(Int32, FileReference)
    }

    private struct Piece {
        let source: Source
        /// The offset of its first byte in the body.
        let start: Int
        let size: Int
    }

    private var pieces: [Piece] = []
    private var index = 0
    private var offset = 0
    /// The size of the body in bytes.
    private(set) var size = 0
    /// Why nothing more can be read.
    private(set) var failure: FetchError?

    /// Opens all files, whose sizes are those that the head of the request announces.
    ///
    /// - Throws: ``FetchError`` of kind `io` that names the file.
    init(_ body: UploadBody) throws(FetchError) {
        for piece in body.pieces {
            switch piece {
            case .bytes(let bytes): append(.bytes(bytes), bytes.count)
            case .file(let file):
                do throws(InputFailure) {
                    let (descriptor, size) = try file.open()
                    append(.file(descriptor, file), size)
                } catch {
                    close()
                    throw FetchError(.io, "cannot send \(error.message)", curlCode: .readError)
                }
            }
        }
    }

    private func append(_ source: Source, _ count: Int) {
        pieces.append(Piece(source: source, start: size, size: count))
        size += count
    }

    /// Reads the next bytes of the body; 0 at its end, nil when a file cannot be read any more.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        while index < pieces.count, offset >= pieces[index].start + pieces[index].size { index += 1 }
        guard index < pieces.count, !buffer.isEmpty else { return 0 }
        let piece = pieces[index]
        let from = offset - piece.start
        let count = min(buffer.count, piece.size - from)
        switch piece.source {
        case .bytes(let bytes):
            bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[from..<from + count])) }
            offset += count
            return count
        case .file(let descriptor, let file):
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
            do throws(Errno) {
                let got = try Errno.typed {
                    try FileDescriptor(rawValue: descriptor).read(fromAbsoluteOffset: Int64(from), into: room)
                }
                guard got > 0 else { return fail("\(file.shown): it became shorter while it was sent") }
                offset += got
                return got
            } catch {
                return fail("\(file.shown): \(error)")
            }
        }
    }

    private func fail(_ message: String) -> Int? {
        failure = FetchError(.io, "cannot send \(message)", curlCode: .readError)
        return nil
    }

    /// Goes to an offset of the body, from which libcurl reads again.
    func seek(to offset: Int) -> Bool {
        guard offset >= 0, offset <= size else { return false }
        self.offset = offset
        index = 0
        return true
    }

    /// Closes all files.
    func close() {
        for case .file(let descriptor, _) in pieces.map(\.source) { SystemFile.close(descriptor) }
        pieces = []
    }
}
