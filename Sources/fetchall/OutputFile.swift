import FetchCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An open file that records or lines go to.
struct OutputFile: Sendable {
    let name: String
    let descriptor: Int32

    static let standardOutput = OutputFile(name: "standard output", descriptor: 1)

    /// Creates or empties a file; `-` is standard output.
    ///
    /// - Throws: A sentence for people.
    static func create(_ path: String) throws(InputFailure) -> OutputFile {
        if path == "-" { return .standardOutput }
        return try open(path, O_TRUNC)
    }

    /// Opens a file to go on behind what is known to be good of it, and cuts off the rest.
    ///
    /// - Parameter end: Where that ends, in bytes.
    /// - Throws: A sentence for people.
    static func resume(_ path: String, at end: Int) throws(InputFailure) -> OutputFile {
        let file = try open(path, 0)
        guard ftruncate(file.descriptor, off_t(end)) == 0, lseek(file.descriptor, 0, SEEK_END) >= 0 else {
            let reason = String(cString: strerror(errno))
            _ = file.close()
            throw InputFailure("cannot write \(file.name): \(reason)")
        }
        return file
    }

    /// The length of a file; 0 for one that is not there, nil for what is no file, such as a terminal or a pipe.
    static func length(of path: String) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0 else { return 0 }
        return status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    }

    /// Whether it is a file, which takes what is written without waiting for a reader.
    var isFile: Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Whether standard output is a file that ends in the middle of a line, as a killed process leaves it.
    static var standardOutputIsCut: Bool {
        var status = stat()
        guard fstat(1, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { return false }
        let descriptor = openFile("/dev/fd/1", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { _ = OutputFile(name: "", descriptor: descriptor).close() }
        var last: UInt8 = 0x0A
        return pread(descriptor, &last, 1, status.st_size - 1) == 1 && last != 0x0A
    }

    private static func open(_ path: String, _ flags: Int32) throws(InputFailure) -> OutputFile {
        let descriptor = openFile(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags)
        guard descriptor >= 0 else {
            throw InputFailure("cannot write \(TerminalText.escaped(path)): \(String(cString: strerror(errno)))")
        }
        return OutputFile(name: TerminalText.escaped(path), descriptor: descriptor)
    }

    private static func openFile(_ path: String, _ flags: Int32) -> Int32 {
        #if canImport(Glibc)
        Glibc.open(path, flags, 0o666)
        #else
        Darwin.open(path, flags, 0o666)
        #endif
    }

    /// Closes the file; false when bytes did not arrive (quota, NFS).
    func close() -> Bool {
        #if canImport(Glibc)
        descriptor <= 2 || Glibc.close(descriptor) == 0
        #else
        descriptor <= 2 || Darwin.close(descriptor) == 0
        #endif
    }
}
