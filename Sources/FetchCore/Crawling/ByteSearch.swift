#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Looks at many bytes at once: the only file of this room with pointers.
extension [UInt8] {
    /// The first offset of a byte from an index up to another; nil if there is none.
    @inline(__always)
    func offset(of byte: UInt8, from start: Int, to end: Int) -> Int? {
        guard start < end, end <= count else { return nil }
        return withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let found = memchr(base + start, Int32(byte), end - start) else {
                return nil
            }
            return UnsafeRawPointer(found) - base
        }
    }

    /// A number for a range, for this run only.
    func fingerprint(of range: Range<Int>, seed: Int) -> Int {
        var hasher = Hasher()
        hasher.combine(seed)
        withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[range])) }
        return hasher.finalize()
    }
}
