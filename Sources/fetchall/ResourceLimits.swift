#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// File descriptors: every connection needs one, and running out of them looks like a refused connection.
struct ResourceLimits {
    /// Open files that the system lets this process have.
    let openFiles: Int

    /// What a run reserves of the address space: stacks and heaps of its threads, most of which is never touched.
    private static let addressSpace: UInt64 = 600 << 20

    /// What keeps a run from starting, in one sentence; nil for nothing.
    ///
    /// Asked before the first thread: where one cannot be made, libdispatch waits for better times, for ever.
    static var shortage: String? {
        var limit = rlimit()
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
        #else
        let resource = RLIMIT_AS
        #endif
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < addressSpace else { return nil }
        let megabytes = limit.rlim_cur >> 20
        return "\(megabytes) MB of address space are too little (ulimit -v); 600 MB are needed, most of it never used"
    }

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

    /// Most transfers at once that are sure to get their descriptors: one for the connection, one for a name that is
    /// being resolved beside it where the limit is small, and one for a file if bodies are saved.
    func transfers(savingFiles: Bool) -> Int {
        let free = openFiles < 1024 ? (openFiles - 24) / 2 : openFiles - 128
        return max(1, savingFiles ? free / 2 : free)
    }
}
