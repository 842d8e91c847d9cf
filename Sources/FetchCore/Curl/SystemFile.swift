#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// read(2) and close(2) with their conditions named.
enum SystemFile {
    /// What a read gave.
    enum ReadResult {
        case bytes(Int)
        case end
        case woken
        case failed(String)
    }

    /// Reads what is there, waiting for it or for a wake-up.
    static func read(_ descriptor: Int32, into buffer: inout [UInt8], orWoken waker: Waker) -> ReadResult {
        var entries = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: waker.readEnd, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            if poll(&entries, 2, -1) < 0 {
                if errno == EINTR { continue }
                return .failed(reason)
            }
            if entries[1].revents != 0 {
                waker.swallow()
                return .woken
            }
            let count = systemRead(descriptor, &buffer)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if errno != EINTR && errno != EAGAIN { return .failed(reason) }
        }
    }

    /// Reads what is there: 0 bytes at the end, fewer than that when it fails.
    static func readSome(_ descriptor: Int32, into buffer: inout [UInt8]) -> Int {
        while true {
            let count = systemRead(descriptor, &buffer)
            if count >= 0 || errno != EINTR { return count }
        }
    }

    /// Writes everything; gives the system's words when that is not possible.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> String? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return String(cString: strerror(errno))
            }
        }
        return nil
    }

    private static func systemWrite(_ descriptor: Int32, _ base: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, base, count)
        #else
        Darwin.write(descriptor, base, count)
        #endif
    }

    /// Closes a descriptor.
    static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }

    /// Writes all bytes of a body to a file.
    ///
    /// - Returns: Why it cannot, or nil.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> FetchError? {
        var rest = bytes
        while !rest.isEmpty {
            #if canImport(Glibc)
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            #else
            let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
            #endif
            if count < 0 {
                if errno == EINTR { continue }
                return FetchError(.io, "cannot save the body: \(String(cString: strerror(errno)))", curlCode: 23)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return nil
    }

    private static func systemRead(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, &buffer, buffer.count)
        #else
        Darwin.read(descriptor, &buffer, buffer.count)
        #endif
    }

    private static var reason: String { String(cString: strerror(errno)).lowercasedFirst }
}

extension Waker {
    /// Waits until somebody calls ``wake()``, and takes the wake-up.
    func waitUntilWoken() {
        var entry = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, -1) < 0, errno == EINTR {}
        swallow()
    }
}
