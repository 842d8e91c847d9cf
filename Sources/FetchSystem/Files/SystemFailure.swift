import SystemPackage
import SystemPackage

/// A call of the operating system that failed: what could not be done, and why.
package struct SystemFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What could not be done, such as `cannot open a wake-up descriptor`.
    let action: String
    /// The system's error number.
    let reason: Errno

    /// Makes a failure.
    ///
    /// - Parameters:
    ///   - action: What could not be done.
    ///   - reason: The error number; that of the last call of C unless told otherwise.
    init(_ action: String, _ reason: Errno = .last) {
        self.action = action
        self.reason = reason
    }

    /// `cannot open a wake-up descriptor: Too many open files`.
    package var description: String { "\(action): \(reason)" }
}
