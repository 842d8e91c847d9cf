import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file descriptor that is read by one thread, which others can wake: the system calls behind ``ListReader``.
///
/// Waking is a byte in a pipe that the thread polls beside the list, so that an endless, silent standard input can be
/// left at once.
final class ListDescriptor: Sendable {
    /// What came of waiting for bytes.
    enum Event: Equatable {
        case bytes(Int)
        case end
        case woken
        /// The system's sentence for what went wrong.
        case failed(String)
    }

    private struct Ends {
        /// The list; -1 once closed.
        var list: Int32
        /// Whether the list is ours to close. Standard input is not.
        var isOwned: Bool
        var wakeRead: Int32 = -1
        var wakeWrite: Int32 = -1
    }

    /// Whether it is a file on a disk, which is always ready.
    let isRegular: Bool
    private let ends: Mutex<Ends>

    /// Takes over a descriptor.
    ///
    /// - Parameters:
    ///   - descriptor: What to read; closed at the end if it is ours.
    ///   - name: What to call it in messages.
    ///   - isOwned: Whether it is ours to close.
    init(_ descriptor: Int32, name: String, isOwned: Bool) throws(InputFailure) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let reason = errno == EBADF ? "is closed" : "cannot be read: \(Self.sentence(errno))"
            throw InputFailure("\(name) \(reason)", path: name)
        }
        let kind = status.st_mode & S_IFMT
        if kind == S_IFDIR {
            if isOwned { systemClose(descriptor) }
            throw InputFailure("\(name): is a directory, not a list", path: name)
        }
        isRegular = kind == S_IFREG
        ends = Mutex(Ends(list: descriptor, isOwned: isOwned))
    }

    /// Opens a file for reading.
    convenience init(path: String) throws(InputFailure) {
        // A pipe with a name must not hold us up until somebody writes to it: poll waits for that.
        let descriptor = path.utf8.contains(0) ? -1 : systemOpen(path)
        guard descriptor >= 0 else {
            let reason =
                switch path.utf8.contains(0) ? ENOENT : errno {
                case ENOENT: "no such file"
                case EACCES: "permission denied"
                case let code: Self.sentence(code)
                }
            throw InputFailure("\(path): \(reason)", path: path)
        }
        try self.init(descriptor, name: path, isOwned: true)
    }

    /// The first bytes of a regular file, without moving on in it.
    func prefix(_ count: Int) -> [UInt8] {
        let descriptor = ends.withLock { $0.list }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, pread(descriptor, buffer.baseAddress, count, 0))
        }
    }

    /// Makes the pipe that ``wake()`` writes to; false if the system gives none.
    func prepareWaking() -> Bool {
        var pair: (Int32, Int32) = (-1, -1)
        let made = withUnsafeMutablePointer(to: &pair) { pointer in
            pointer.withMemoryRebound(to: Int32.self, capacity: 2) { pipe($0) == 0 }
        }
        guard made else { return false }
        for end in [pair.0, pair.1] {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            // Bytes that nobody fetched are as good as one: a full pipe must not block the one who wakes.
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        ends.withLock {
            $0.wakeRead = pair.0
            $0.wakeWrite = pair.1
        }
        return true
    }

    /// Waits for bytes of the list, or to be woken.
    func read(into buffer: inout [UInt8]) -> Event {
        let (list, wakeRead) = ends.withLock { ($0.list, $0.wakeRead) }
        while true {
            if !isRegular {
                var waiting = (
                    pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: list, events: Int16(POLLIN), revents: 0)
                )
                let ready = withUnsafeMutablePointer(to: &waiting) { pointer in
                    pointer.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, 2, -1) }
                }
                if ready < 0, errno == EINTR { continue }
                if ready < 0 { return .failed(Self.sentence(errno)) }
                if waiting.0.revents != 0 {
                    drain(wakeRead)
                    return .woken
                }
            }
            let count = buffer.withUnsafeMutableBytes { systemRead(list, $0.baseAddress, $0.count) }
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            // Another reader of the same pipe may have been faster.
            if errno == EINTR || errno == EAGAIN { continue }
            return .failed(Self.sentence(errno))
        }
    }

    /// Waits to be woken.
    func sleep() {
        let wakeRead = ends.withLock { $0.wakeRead }
        var waiting = pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0)
        while poll(&waiting, 1, -1) < 0, errno == EINTR {}
        drain(wakeRead)
    }

    /// Ends the waiting of the reading thread, now or when it next waits. Safe at any time.
    func wake() {
        ends.withLock {
            var byte: UInt8 = 1
            // After close() there is nobody left to be woken.
            if $0.wakeWrite >= 0 { _ = write($0.wakeWrite, &byte, 1) }
        }
    }

    /// Closes everything. Only the reading thread calls it, or the owner if there never was one.
    func close() {
        ends.withLock {
            for end in [$0.isOwned ? $0.list : -1, $0.wakeRead, $0.wakeWrite] where end >= 0 { systemClose(end) }
            $0 = Ends(list: -1, isOwned: false)
        }
    }

    private func drain(_ descriptor: Int32) {
        var bytes: (UInt64, UInt64) = (0, 0)
        while systemRead(descriptor, &bytes, 16) == 16 {}
    }

    private static func sentence(_ code: Int32) -> String { String(cString: strerror(code)) }
}

// Inside the class these names mean its own methods.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}

private func systemOpen(_ path: String) -> Int32 { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }

private func systemClose(_ descriptor: Int32) { _ = close(descriptor) }
