import FetchSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The digests of a file, computed while its bytes pass. Bytes that an earlier run has written are read at the end.
///
/// It is Sendable because only one thread at a time uses it: the one that writes the file, which is the loop's or the
/// ``BodyWriter``'s, and the others only after ``BodyOutput/finish()`` has waited for the last write.
final class FileDigests: @unchecked Sendable {
    private var digests: [StreamDigest]
    /// The number of bytes that the digests have.
    private var count = 0
    /// Whether libcrypto does not know one of the algorithms.
    let isIncomplete: Bool

    /// Starts digests; nil for no algorithms.
    init?(_ algorithms: Set<DigestAlgorithm>) {
        guard !algorithms.isEmpty else { return nil }
        digests = algorithms.compactMap { StreamDigest($0) }
        isIncomplete = digests.count < algorithms.count
    }

    /// Adds bytes that were written behind all earlier ones.
    func update(_ bytes: UnsafeRawBufferPointer) {
        for digest in digests { digest.update(bytes) }
        count += bytes.count
    }

    /// Starts again, with an empty file.
    func reset() {
        for digest in digests { digest.reset() }
        count = 0
    }

    /// The digests of a complete file; nil if it cannot be read.
    ///
    /// - Parameter isRead: Whether bytes that were added already need not be read.
    func finish(_ descriptor: Int32, size: Int, isRead: Bool = true) -> [DigestAlgorithm: [UInt8]]? {
        if !isRead || count != size, read(descriptor) != size { return nil }
        return Dictionary(uniqueKeysWithValues: digests.map { ($0.algorithm, $0.finalize()) })
    }

    /// Adds all bytes of a file to digests that are started again, and returns their number.
    private func read(_ descriptor: Int32) -> Int {
        reset()
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let read = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(count)) }
            guard read > 0 else { return count }
            buffer.withUnsafeBytes { update(UnsafeRawBufferPointer(rebasing: $0[..<read])) }
        }
    }
}
