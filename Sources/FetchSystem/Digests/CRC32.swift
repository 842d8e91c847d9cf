import CZlib

/// CRC-32 as gzip has it (RFC 1952 §8): it shows damage, and does not protect against tampering.
package enum CRC32 {
    /// The sum of more bytes after those of an earlier sum; 0 before the first.
    package static func of(_ bytes: ArraySlice<UInt8>, after sum: UInt32) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(UInt(sum), $0.baseAddress, $0.count)) }
    }
}
