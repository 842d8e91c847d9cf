import FetchSystem
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension OutputFile {
    /// Creates or empties a file that only its owner may read. A file that is there gets the same mode.
    ///
    /// - Throws: An ``InputFailure`` with a sentence for the user.
    static func createPrivate(_ path: String) throws(InputFailure) -> OutputFile {
        let name = TerminalText.escaped(path)
        do throws(Errno) {
            let file = try Errno.typed {
                try FileDescriptor.open(
                    path, .writeOnly, options: [.create, .closeOnExec, .truncate],
                    permissions: FilePermissions(rawValue: 0o600))
            }
            let output = OutputFile(name: name, descriptor: file.rawValue)
            // The mode of a device or a pipe is not ours to change.
            if output.isFile, fchmod(output.descriptor, 0o600) != 0 {
                let failure = Errno.last
                _ = output.close()
                throw failure
            }
            return output
        } catch {
            throw InputFailure("cannot write \(name): \(error)")
        }
    }
}
