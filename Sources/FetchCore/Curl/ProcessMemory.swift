import CPosix

/// How the process gets its memory from the system.
public enum ProcessMemory {
    /// Sets the allocator up for many small objects that one thread makes and another frees. To be called by a program,
    /// before its first thread; a library leaves this to its host.
    public static func tune() { cposix_tune_malloc() }
}
