import CCurl

/// Functions of libraries that libcurl has brought into the process. Where it decodes brotli and zstd, so do we, and
/// nobody has to install anything for it; where it does not, they are not offered to servers.
enum LoadedLibrary {
    /// A function by its name; nil where neither libcurl nor a library below it has it.
    ///
    /// - Parameter type: Its type in C, which the caller answers for.
    static func function<Function>(_ name: String, as type: Function.Type) -> Function? {
        ccurl_find(name).map { unsafeBitCast($0, to: type) }
    }
}
