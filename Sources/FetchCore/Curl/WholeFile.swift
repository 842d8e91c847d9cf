#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A small file, read at once.
public enum WholeFile {
    /// The bytes of a file, at most 1 GiB; `-` is standard input.
    public static func read(_ path: String) throws(InputFailure) -> [UInt8] {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { if descriptor != 0 { SystemFile.close(descriptor) } }
        let waker: Waker
        do { waker = try Waker() } catch { throw InputFailure(error.message) }
        defer { waker.close() }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while result.count <= 1 << 30 {
            switch SystemFile.read(descriptor, into: &buffer, orWoken: waker) {
            case .bytes(let count): result += buffer[..<count]
            case .end: return result
            case .woken: continue
            case .failed: throw failure(path)
            }
        }
        throw InputFailure("\(TerminalText.escaped(path)): is larger than 1 GiB")
    }

    private static func failure(_ path: String) -> InputFailure {
        InputFailure("\(TerminalText.escaped(path)): \(String(cString: strerror(errno)).lowercasedFirst)")
    }
}
