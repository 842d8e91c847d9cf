#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A thread for calls that block, which must not hold up the threads of Swift's executor.
enum DetachedThread {
    /// What the new thread takes over.
    private final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    #if canImport(Darwin)
    private typealias Argument = UnsafeMutableRawPointer
    #else
    private typealias Argument = UnsafeMutableRawPointer?
    #endif

    /// Runs the body on a thread of its own; false if the system gives none.
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let argument = Unmanaged.passRetained(Start(body)).toOpaque()
        let created = create(argument)
        // Nobody else will take it over then.
        if !created { Unmanaged<Start>.fromOpaque(argument).release() }
        return created
    }

    private static func create(_ argument: UnsafeMutableRawPointer) -> Bool {
        let main: @convention(c) (Argument) -> UnsafeMutableRawPointer? = { argument in
            let pointer: UnsafeMutableRawPointer? = argument
            if let pointer { Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue().body() }
            return nil
        }
        #if canImport(Darwin)
        var thread: pthread_t?
        guard pthread_create(&thread, nil, main, argument) == 0, let thread else { return false }
        #else
        var thread = pthread_t()
        guard pthread_create(&thread, nil, main, argument) == 0 else { return false }
        #endif
        pthread_detach(thread)
        return true
    }
}
