#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// File descriptors: every connection needs one, and running out of them looks like a refused connection.
struct ResourceLimits {
    /// Open files that the system lets this process have.
    let openFiles: Int

    /// Raises the soft limit to the hard one and reads it.
    init() {
        var limit = rlimit()
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else {
            openFiles = 256
            return
        }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            // Darwin names a hard limit that it does not grant.
            raised.rlim_cur = min(limit.rlim_max, 1_048_576)
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        openFiles = Int(clamping: min(limit.rlim_cur, 1_048_576))
    }

    /// Least address space in which threads are sure to start, in bytes (`ulimit -v`). libdispatch waits for ever for a
    /// thread that the system does not give it.
    private static let leastAddressSpace: UInt64 = 800 << 20

    /// What is wrong with a limit of the address space, or nil.
    static var addressSpaceProblem: String? {
        var limit = rlimit()
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
        #else
        let resource = RLIMIT_AS
        #endif
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < leastAddressSpace else { return nil }
        return "the address space limit is too small: fetchall needs at least 800 MiB (ulimit -v 819200)"
    }

    /// Most transfers at once that are sure to get their descriptors: one for the connection, one for a name that is
    /// being resolved beside it where the limit is small, and one for a file if bodies are saved.
    func transfers(savingFiles: Bool) -> Int {
        let free = openFiles < 1024 ? (openFiles - 24) / 2 : openFiles - 128
        return max(1, savingFiles ? free / 2 : free)
    }
}
