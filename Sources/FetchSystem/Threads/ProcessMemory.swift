import CPosix

/// How the process gets its memory from the system.
package enum ProcessMemory {
    /// Configures the allocator for many small objects that one thread allocates and another frees. A program calls it
    /// before its first thread starts; a library leaves it to its host.
    package static func tune() { cposix_tune_malloc() }
}
