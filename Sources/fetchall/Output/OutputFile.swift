import FetchSystem
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An open file that records or lines are written to.
struct OutputFile: Sendable {
    let name: String
    let descriptor: Int32
    /// Whether it was a terminal when it was opened; a terminal that has gone is none any more.
    let isTerminal: Bool

    init(name: String, descriptor: Int32) {
        self.name = name
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
    }

    static let standardOutput = OutputFile(name: "standard output", descriptor: 1)

    /// Creates or empties a file; `-` is standard output.
    ///
    /// - Throws: An ``InputFailure`` with a sentence for the user.
    static func create(_ path: String) throws(InputFailure) -> OutputFile {
        if path == "-" { return .standardOutput }
        return try open(path, .truncate)
    }

    /// Opens a file to append after its known good part, and cuts off the rest.
    ///
    /// - Parameter end: The length of the good part in bytes.
    /// - Throws: An ``InputFailure`` with a sentence for the user.
    static func resume(_ path: String, at end: Int) throws(InputFailure) -> OutputFile {
        let file = try open(path, [])
        do throws(Errno) {
            try file.cut(to: Int64(end))
        } catch {
            _ = file.close()
            throw InputFailure("cannot write \(file.name): \(error)")
        }
        return file
    }

    /// The length of a file; 0 if it does not exist, nil if it is not a regular file (a terminal, a pipe).
    static func length(of path: String) -> Int? {
        guard let status = try? Stat(path) else { return 0 }
        return status.type == .regular ? Int(status.size) : nil
    }

    /// Whether it is a regular file. Writes to one do not wait for a reader.
    var isFile: Bool { size != nil }

    /// Its length; nil if it is not a regular file.
    var size: Int64? {
        guard let status = try? file.stat(), status.type == .regular else { return nil }
        return status.size
    }

    /// Whether standard output is a file that ends in the middle of a line, as a killed process leaves it.
    static var standardOutputIsCut: Bool {
        guard let size = standardOutput.size, size > 0,
            let file = try? FileDescriptor.open("/dev/fd/1", .readOnly, options: .closeOnExec)
        else { return false }
        defer { SystemFile.close(file.rawValue) }
        var last: UInt8 = 0x0A
        let count = try? withUnsafeMutableBytes(of: &last) { try file.read(fromAbsoluteOffset: size - 1, into: $0) }
        return count == 1 && last != 0x0A
    }

    /// Opens a file for writing, and creates it if it does not exist.
    static func open(_ path: String, _ options: FileDescriptor.OpenOptions) throws(InputFailure) -> OutputFile {
        let name = TerminalText.escaped(path)
        do throws(Errno) {
            let file = try Errno.typed {
                try FileDescriptor.open(
                    path, .writeOnly, options: [.create, .closeOnExec, options],
                    permissions: FilePermissions(rawValue: 0o666))
            }
            return OutputFile(name: name, descriptor: file.rawValue)
        } catch {
            throw InputFailure("cannot write \(name): \(error)")
        }
    }

    /// Cuts the file and continues there.
    func cut(to size: Int64) throws(Errno) {
        try Errno.typed {
            try file.resize(to: size)
            try file.seek(offset: size, from: .start)
        }
    }

    /// Where the next write goes; nil if it is not a regular file.
    var position: Int64? {
        guard isFile else { return nil }
        return try? file.seek(offset: 0, from: .current)
    }

    /// Closes the file; returns false when bytes could not be stored (quota, NFS). A standard stream stays open: closing
    /// a copy of it tells the same.
    func close() -> Bool {
        guard descriptor <= 2 else { return SystemFile.close(descriptor) }
        guard let copy = try? file.duplicate() else { return true }
        return SystemFile.close(copy.rawValue)
    }

    private var file: FileDescriptor { FileDescriptor(rawValue: descriptor) }
}
