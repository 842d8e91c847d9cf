import FetchSystem
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A command whose messages can go to a file.
protocol ErrorFileCommand {
    var output: OutputOptions { get }
}

extension FetchCommand: ErrorFileCommand {}
extension CrawlCommand: ErrorFileCommand {}
extension CheckCommand: ErrorFileCommand {}
extension GitHubCommand: ErrorFileCommand {}
extension GatherCommand: ErrorFileCommand {}
extension MapCommand: ErrorFileCommand {}

/// The file of `--stderr`, which takes the place of standard error.
enum ErrorFile {
    /// Puts a file, or standard output for `-`, in the place of standard error.
    ///
    /// - Throws: ``InputFailure`` when it cannot be opened.
    static func redirect(to name: String) throws(InputFailure) {
        guard name != "-" else {
            _ = dup2(1, 2)
            return
        }
        let descriptor = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            let reason = Errno(rawValue: errno)
            throw InputFailure("--stderr: cannot write \(TerminalText.escaped(name)): \(reason)", .system)
        }
        _ = dup2(descriptor, 2)
        _ = close(descriptor)
    }
}
