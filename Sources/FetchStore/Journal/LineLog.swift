import FetchSystem
import SystemPackage

/// A file of lines that is only appended to, and that one process has at a time. Each line is a JSON text, a space and the
/// CRC-32 of all that stands before it in the file, other checksums and line breaks left out.
///
/// A line that is damaged or cut, and what follows it, does not count. Nothing is synced: what is true for the death of the
/// process is not for a loss of power.
package struct LineLog: Sendable {
    /// The file's name as it may be shown.
    package let name: String
    /// What to tell the user about damage; nil for a good file.
    package let notice: String?
    /// The texts of the good lines when it was opened.
    package private(set) var texts: [[UInt8]] = []
    private let file: FileDescriptor
    private var sum: UInt32 = 0
    private var pending: [UInt8] = []

    /// The maximum size of a file that is read.
    private static let maximumSize = 4 << 30

    /// Opens or creates a file, and locks it for this process.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - magic: How the first line begins; another file is left unchanged.
    package init(path: String, magic: String) throws(StoreFailure) {
        let name = TerminalText.escaped(path)
        self.name = name
        do throws(Errno) {
            file = try Errno.typed {
                try .open(
                    path, .readWrite, options: [.create, .append, .closeOnExec, .nonBlocking],
                    permissions: FilePermissions(rawValue: 0o600))
            }
        } catch {
            throw .io("cannot write \(name): \(error)")
        }
        do throws(StoreFailure) {
            try Journal.lock(file, name)
            let bytes = try Self.read(file, name)
            guard bytes.isEmpty || bytes.starts(with: magic.utf8) || magic.utf8.starts(with: bytes) else {
                throw .damaged("\(name):1: this is not a file of this command; it is left unchanged")
            }
            var end = 0
            while let lineEnd = bytes[end...].firstIndex(of: 0x0A), let text = Self.text(of: bytes[end..<lineEnd], &sum)
            {
                texts.append(Array(text))
                end = lineEnd + 1
            }
            // A line that was cut when the process died has no line break.
            let isDamaged = bytes[end...].contains(0x0A)
            notice = isDamaged ? try Self.putAside(path, file, line: texts.count + 1) : nil
            if end < bytes.count {
                do throws(Errno) {
                    let size = Int64(end)
                    try Errno.typed { [file] in try file.resize(to: size) }
                } catch {
                    throw .io("cannot write \(name): \(error)")
                }
            }
        } catch {
            SystemFile.close(file.rawValue)
            throw error
        }
    }

    /// Removes the texts, which are not needed any more.
    package mutating func takeTexts() -> [[UInt8]] {
        defer { texts = [] }
        return texts
    }

    /// Appends a text without a line break; ``flush()`` writes it.
    package mutating func append(_ text: [UInt8]) {
        sum = CRC32.of(text[...], after: sum)
        pending += text
        pending.append(0x20)
        pending += Self.digits(of: sum)
        pending.append(0x0A)
    }

    /// Writes what was appended.
    package mutating func flush() throws(StoreFailure) {
        guard !pending.isEmpty else { return }
        do throws(Errno) {
            try SystemFile.writeAll(pending, to: file.rawValue)
        } catch {
            throw .io("cannot write \(name): \(error)")
        }
        pending.removeAll(keepingCapacity: true)
    }

    /// Closes the file; false when bytes could not be stored.
    package func close() -> Bool { SystemFile.close(file.rawValue) }

    /// The text of a line; nil if its checksum is not right.
    private static func text(of line: ArraySlice<UInt8>, _ sum: inout UInt32) -> ArraySlice<UInt8>? {
        guard line.count > 9 else { return nil }
        let text = line.dropLast(9)
        let after = CRC32.of(text, after: sum)
        guard line.suffix(9).elementsEqual([0x20] + digits(of: after)) else { return nil }
        sum = after
        return text
    }

    private static func digits(of sum: UInt32) -> [UInt8] {
        stride(from: 28, through: 0, by: -4).map { shift in
            let digit = UInt8(truncatingIfNeeded: sum >> UInt32(shift)) & 0xF
            return digit < 10 ? 0x30 + digit : 0x57 + digit
        }
    }

    private static func read(_ file: FileDescriptor, _ name: String) throws(StoreFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count: Int
            do throws(Errno) {
                count = try SystemFile.read(file.rawValue, into: &buffer)
            } catch {
                throw .io("cannot use \(name): \(error)")
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= maximumSize else { throw .refused("\(name) is larger than 4 GiB") }
        }
    }

    /// Keeps a copy of a damaged file; returns what to tell the user.
    private static func putAside(_ path: String, _ file: FileDescriptor, line: Int) throws(StoreFailure) -> String {
        let name = TerminalText.escaped(path)
        do throws(Errno) {
            let copy = try DamagedFile.copyAside(path, file)
            return
                "\(name) is damaged (line \(line)); it was copied to \(TerminalText.escaped(copy)), and what follows is done again"
        } catch {
            throw .io("cannot use \(name): \(error)")
        }
    }
}
