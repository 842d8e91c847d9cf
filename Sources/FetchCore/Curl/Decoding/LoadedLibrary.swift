#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Functions of libraries that libcurl has brought into the process. Where it decodes brotli and zstd, so do we, and
/// nobody has to install anything for it; where it does not, they are not offered to servers.
enum LoadedLibrary {
    /// A function by its name; nil where no library of the process has it.
    ///
    /// - Parameter type: Its type in C, which the caller answers for.
    static func function<Function>(_ name: String, as type: Function.Type) -> Function? {
        // The handle of the process itself is never closed.
        guard let process = dlopen(nil, RTLD_NOW), let address = dlsym(process, name) else { return nil }
        return unsafeBitCast(address, to: type)
    }
}
