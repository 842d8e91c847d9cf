import SystemPackage

/// A small file that is read as a whole.
package enum WholeFile {
    /// The bytes of a file; `-` is standard input.
    ///
    /// - Parameters:
    ///   - path: The file; as ``ByteText`` if it is not UTF-8.
    ///   - limit: The maximum size in MiB.
    /// - Throws: ``InputFailure`` that names the file.
    package static func read(_ path: String, limit: Int = 1024) throws(InputFailure) -> [UInt8] {
        let name = TerminalText.escaped(ByteText.shown(path))
        let file: FileDescriptor
        do throws(Errno) {
            file = path == "-" ? .standardInput : try open(path)
        } catch {
            throw InputFailure("\(name): \(error.lowercased)")
        }
        defer { if file != .standardInput { SystemFile.close(file.rawValue) } }
        let waker: Waker
        do { waker = try Waker() } catch { throw InputFailure(error.description) }
        defer { waker.close() }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while result.count <= limit << 20 {
            switch SystemFile.read(file.rawValue, into: &buffer, orWoken: waker) {
            case .bytes(let count): result += buffer[..<count]
            case .end: return result
            case .woken: continue
            case .failed(let reason): throw InputFailure("\(name): \(reason)")
            }
        }
        throw InputFailure("\(name): is larger than \(limit) MiB")
    }

    private static func open(_ path: String) throws(Errno) -> FileDescriptor {
        try Errno.typed {
            try ByteText.withCString(path) { path in
                Result { try FileDescriptor.open(path, .readOnly, options: .closeOnExec) }
            }.get()
        }
    }
}
