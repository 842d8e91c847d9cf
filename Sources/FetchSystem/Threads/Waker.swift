#if canImport(Glibc)
import CPosix
import Glibc
#else
import Darwin
#endif

/// A descriptor that ends the poller's wait: an eventfd on Linux, a pipe elsewhere.
package struct Waker: Sendable {
    /// The descriptor that the poller watches.
    package let readEnd: Int32
    private let writeEnd: Int32

    /// Opens the descriptors.
    package init() throws(SystemFailure) {
        #if os(Linux)
        readEnd = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        writeEnd = readEnd
        #else
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) == 0 {
            for end in ends {
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            }
        }
        readEnd = ends[0]
        writeEnd = ends[1]
        #endif
        guard readEnd >= 0 else { throw SystemFailure("cannot open a wake-up descriptor") }
    }

    /// Ends the current or the next wait. Any thread may call it.
    package func wake() {
        // A full pipe or counter already contains a wake-up, so the result does not matter.
        #if os(Linux)
        _ = eventfd_write(writeEnd, 1)
        #else
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
        #endif
    }

    /// Consumes all wake-ups.
    package func swallow() {
        #if os(Linux)
        var count: eventfd_t = 0
        _ = eventfd_read(readEnd, &count)
        #else
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(readEnd, &bytes, bytes.count) == bytes.count {}
        #endif
    }

    /// Closes the descriptors.
    package func close() {
        #if canImport(Glibc)
        _ = Glibc.close(readEnd)
        #else
        _ = Darwin.close(readEnd)
        if writeEnd != readEnd { _ = Darwin.close(writeEnd) }
        #endif
    }
}
