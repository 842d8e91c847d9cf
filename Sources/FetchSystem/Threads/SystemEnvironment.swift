#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The environment of the process.
package enum SystemEnvironment {
    /// The value of a variable; nil if it is unset or empty.
    package static func value(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
