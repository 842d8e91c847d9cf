import SystemPackage

/// A small file that is read as a whole.
package enum WholeFile {
    /// The bytes of a file, at most 1 GiB; `-` is standard input.
    package static func read(_ path: String) throws(InputFailure) -> [UInt8] {
        let name = TerminalText.escaped(path)
        let file: FileDescriptor
        do throws(Errno) {
            file = path == "-" ? .standardInput : try Errno.typed { try .open(path, .readOnly, options: .closeOnExec) }
        } catch {
            throw InputFailure("\(name): \(error.lowercased)")
        }
        defer { if file != .standardInput { SystemFile.close(file.rawValue) } }
        let waker: Waker
        do { waker = try Waker() } catch { throw InputFailure(error.description) }
        defer { waker.close() }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while result.count <= 1 << 30 {
            switch SystemFile.read(file.rawValue, into: &buffer, orWoken: waker) {
            case .bytes(let count): result += buffer[..<count]
            case .end: return result
            case .woken: continue
            case .failed(let reason): throw InputFailure("\(name): \(reason)")
            }
        }
        throw InputFailure("\(name): is larger than 1 GiB")
    }
}
