#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Scans many bytes at a time; the only file of this folder with pointers.
extension [UInt8] {
    /// The first index of a byte within a range; nil if it does not occur.
    @inline(__always)
    package func offset(of byte: UInt8, from start: Int, to end: Int) -> Int? {
        guard start < end, end <= count else { return nil }
        return withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let found = memchr(base + start, Int32(byte), end - start) else {
                return nil
            }
            return UnsafeRawPointer(found) - base
        }
    }

    /// Where the bytes of a needle first occur; nil if they do not, and for an empty needle.
    package func range(ofBytes needle: [UInt8]) -> Range<Int>? { self[...].range(ofBytes: needle) }

    /// A hash of a range, valid in this run only.
    package func fingerprint(of range: Range<Int>, seed: Int) -> Int {
        var hasher = Hasher()
        hasher.combine(seed)
        withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[range])) }
        return hasher.finalize()
    }
}

extension ArraySlice<UInt8> {
    /// Where the bytes of a needle first occur, in the indices of the slice; nil if they do not, and for an empty needle.
    package func range(ofBytes needle: [UInt8]) -> Range<Int>? {
        guard let first = needle.first else { return nil }
        var rest = self
        while let start = rest.firstIndex(of: first), start + needle.count <= endIndex {
            let range = start..<start + needle.count
            if self[range].elementsEqual(needle) { return range }
            rest = self[(start + 1)...]
        }
        return nil
    }
}
