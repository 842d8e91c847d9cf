package import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Reads, writes and closes descriptors.
package enum SystemFile {
    /// The result of a read.
    package enum ReadResult {
        case bytes(Int)
        case end
        case woken
        case failed(String)
    }

    /// Reads what is there, waiting for it or for a wake-up.
    package static func read(_ descriptor: Int32, into buffer: inout [UInt8], orWoken waker: Waker) -> ReadResult {
        var entries = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: waker.readEnd, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            if poll(&entries, 2, -1) < 0 {
                if Errno.last == .interrupted { continue }
                return .failed(Errno.last.lowercased)
            }
            if entries[1].revents != 0 {
                waker.swallow()
                return .woken
            }
            do throws(Errno) {
                let count = try read(descriptor, into: &buffer)
                return count > 0 ? .bytes(count) : .end
            } catch {
                if error != .resourceTemporarilyUnavailable { return .failed(error.lowercased) }
            }
        }
    }

    /// Reads what is there: 0 bytes at the end.
    package static func read(_ descriptor: Int32, into buffer: inout [UInt8]) throws(Errno) -> Int {
        try Errno.typed {
            try buffer.withUnsafeMutableBytes { try FileDescriptor(rawValue: descriptor).read(into: $0) }
        }
    }

    /// Reads what is there: 0 bytes at the end, -1 when it fails.
    package static func readSome(_ descriptor: Int32, into buffer: inout [UInt8]) -> Int {
        (try? read(descriptor, into: &buffer)) ?? -1
    }

    /// Writes everything, and waits for room in a non-blocking pipe.
    package static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(Errno) {
        var written = 0
        try writeAll(bytes, to: descriptor, written: &written)
    }

    /// The same; the number of bytes that were written is added to a count, also when it fails.
    package static func writeAll(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, written: inout Int
    ) throws(Errno) {
        var rest = bytes
        while !rest.isEmpty {
            do throws(Errno) {
                let count = try Errno.typed { try FileDescriptor(rawValue: descriptor).write(rest) }
                written += count
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } catch {
                guard error == .resourceTemporarilyUnavailable else { throw error }
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&entry, 1, -1)
            }
        }
    }

    /// Writes everything, and waits for room in a non-blocking pipe.
    package static func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(Errno) {
        var written = 0
        try writeAll(bytes, to: descriptor, written: &written)
    }

    /// The same; the number of bytes that were written is added to a count, also when it fails.
    package static func writeAll(_ bytes: [UInt8], to descriptor: Int32, written: inout Int) throws(Errno) {
        try Errno.typed { try bytes.withUnsafeBytes { try writeAll($0, to: descriptor, written: &written) } }
    }

    /// Closes a descriptor; false when the system reports that bytes could not be stored (quota, NFS).
    @discardableResult
    package static func close(_ descriptor: Int32) -> Bool {
        (try? FileDescriptor(rawValue: descriptor).close()) != nil
    }

    /// Whether there is a file or a directory with this name.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}

extension Errno {
    /// The error of the last C call.
    package static var last: Errno { Errno(rawValue: errno) }

    /// Runs calls of swift-system, which throw only `Errno` and do not declare it.
    package static func typed<Value>(_ body: () throws -> Value) throws(Errno) -> Value {
        do { return try body() } catch { throw error as? Errno ?? .ioError }
    }

    /// `no such file or directory`, for the middle of a sentence.
    package var lowercased: String { description.lowercasedFirst }
}

extension Waker {
    /// Waits for a call of ``wake()``, and consumes the wake-up.
    package func waitUntilWoken() {
        var entry = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, -1) < 0, Errno.last == .interrupted {}
        swallow()
    }
}
