import CPosix

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A thread of the system, identified by a number.
package enum NativeThread {
    /// The number of processors for the process's threads; at least 1.
    package static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The number of the calling thread; never 0.
    package static var current: UInt { UInt(cposix_thread_current()) }

    /// Starts a thread that runs the body and ends.
    ///
    /// - Returns: Its number, which must be passed to ``join(_:)`` or ``detach(_:)`` once to free its stack; 0 when the
    ///   system has no thread left.
    package static func start(_ body: @escaping @Sendable () -> Void) -> UInt {
        let pointer = Unmanaged.passRetained(Start(body)).toOpaque()
        let number = cposix_thread_start(entry, pointer)
        if number == 0 { Unmanaged<Start>.fromOpaque(pointer).release() }
        return UInt(number)
    }

    /// Waits for a thread's end.
    package static func join(_ number: UInt) { cposix_thread_join(number) }

    /// Lets a thread end without being joined. It does nothing for 0.
    static func detach(_ number: UInt) {
        if number != 0 { cposix_thread_detach(number) }
    }

    private static let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { pointer in
        if let pointer { Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue().body() }
        return nil
    }

    private final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
