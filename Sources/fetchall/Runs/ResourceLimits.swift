#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// File descriptors: every connection needs one, and a process without free descriptors sees refused connections.
struct ResourceLimits {
    /// The number of files that the system lets this process open.
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
            // Darwin reports a hard limit that it does not grant.
            raised.rlim_cur = min(limit.rlim_max, 1_048_576)
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        openFiles = Int(clamping: min(limit.rlim_cur, 1_048_576))
    }

    /// What is wrong when a thread cannot be started.
    static let noThread = "the system has no thread left (ulimit -u)"

    /// The minimum number of open files for a run of one request.
    private static let leastOpenFiles = 16

    /// What is wrong with the limit of open files; nil if nothing is.
    static var openFilesProblem: String? {
        guard ResourceLimits().openFiles < leastOpenFiles else { return nil }
        return
            "the limit of open files is too small: fetchall needs at least \(leastOpenFiles) (ulimit -n \(leastOpenFiles))"
    }

    /// The minimum address space in bytes (`ulimit -v`) in which threads start reliably.
    private static let leastAddressSpace: UInt64 = 800 << 20

    /// What is wrong with the address space limit; nil if nothing is.
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

    /// The maximum number of concurrent transfers that have enough descriptors: one for the connection, one for a
    /// concurrent name lookup where the limit is small, and one for a file if bodies are saved.
    func transfers(savingFiles: Bool) -> Int {
        let free = openFiles < 1024 ? (openFiles - 24) / 2 : openFiles - 128
        return max(1, savingFiles ? free / 2 : free)
    }
}
