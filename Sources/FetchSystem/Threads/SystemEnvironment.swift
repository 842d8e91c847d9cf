#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The environment and the arguments of the process.
package enum SystemEnvironment {
    /// The value of a variable, as ``ByteText`` if it is not UTF-8; nil if it is unset or empty.
    package static func value(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return ByteText.text(of: bytes(of: value))
    }

    /// The arguments without the name of the program, byte for byte; Swift's own list of them is repaired.
    package static var arguments: [[UInt8]] {
        let count = Int(CommandLine.argc)
        guard count > 1 else { return [] }
        return (1..<count).map { index in CommandLine.unsafeArgv[index].map { bytes(of: $0) } ?? [] }
    }

    /// The working directory, as ``ByteText`` if its name is not UTF-8; nil if it is gone.
    package static var workingDirectory: String? {
        guard let folder = getcwd(nil, 0) else { return nil }
        defer { free(folder) }
        return ByteText.text(of: bytes(of: folder))
    }

    private static func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
        UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
    }
}
