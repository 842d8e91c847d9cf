import FetchHTTP
@testable import FetchRecords
import FetchSystem
import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A folder that is gone after the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "fetchall-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and gives its path.
    func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }

    func file(_ name: String, _ text: String) throws -> String { try file(name, text.utf8) }
}

/// A pipe whose writing end never blocks the test.
struct TestPipe {
    let reading: Int32
    let writing: Int32

    /// Takes over the writing end of some other pipe.
    init(writing: Int32) { (reading, self.writing) = (-1, writing) }

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw InputFailure("no pipe") }
        (reading, writing) = (ends[0], ends[1])
        _ = fcntl(writing, F_SETFL, O_NONBLOCK)
    }

    /// Whether somebody has the other end open. To write where nobody reads would end the process by a signal, which
    /// cannot be ignored here: the commands that other tests start would ignore it too.
    var hasReader: Bool {
        var entry = pollfd(fd: writing, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, 0) >= 0 && entry.revents & Int16(POLLERR) == 0
    }

    /// How many bytes the pipe takes; 0 when it is full.
    func write(_ text: String) -> Int { write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) -> Int { max(0, systemWrite(writing, bytes)) }

    func closeWriting() { _ = close(writing) }

    /// The name under which the reading end can be opened like a file.
    var path: String { "/dev/fd/\(reading)" }

    func closeReading() { _ = close(reading) }
}

private func systemWrite(_ descriptor: Int32, _ bytes: [UInt8]) -> Int { write(descriptor, bytes, bytes.count) }

/// Makes a pipe with a name.
func makeFIFO(_ path: String) -> Bool { mkfifo(path, 0o600) == 0 }

/// Opens a pipe with a name for writing, once somebody reads it; a negative number until then.
func openForWriting(_ path: String) -> Int32 { open(path, O_WRONLY | O_NONBLOCK) }

/// Closes a descriptor.
func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }

/// How many descriptors this process has open.
func openDescriptors() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/dev/fd").count }

/// gzip data whose blocks are not compressed, so that a test can make it without zlib.
func storedGzip(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    var rest = bytes[...]
    repeat {
        let block = rest.prefix(60_000)
        rest = rest.dropFirst(block.count)
        let length = UInt16(block.count)
        out.append(rest.isEmpty ? 1 : 0)
        for value in [length, ~length] { out += [UInt8(value & 0xFF), UInt8(value >> 8)] }
        out += block
    } while !rest.isEmpty
    var crc: UInt32 = .max
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    for value in [~crc, UInt32(truncatingIfNeeded: bytes.count)] {
        for shift in stride(from: UInt32(0), to: 32, by: 8) { out.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
    return out
}

/// A list of many lines, made a piece at a time.
func manyLines(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * 32)
    for index in 0..<count { bytes += Array("http://h\(index % 100).example/\(index)\n".utf8) }
    return bytes
}

/// Everything that is left in a source.
func drain(_ source: some InputSource) async -> [Input] {
    var inputs: [Input] = []
    while let chunk = await source.next() { inputs += chunk }
    return inputs
}

/// Asks again and again, for at most ten seconds, until something is so.
func eventually(_ condition: () -> Bool) async -> Bool {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(10)
    while clock.now < end {
        if condition() { return true }
        await Task.yield()
    }
    return condition()
}

extension Input {
    /// The request, or nil.
    var sent: Request? { try? request.get() }

    /// The failure, or nil.
    var refused: FetchError? {
        if case .failure(let error) = request { error } else { nil }
    }
}

/// The input of one line.
func line(_ text: String, _ defaults: RequestDefaults = RequestDefaults()) -> Input? {
    line(Array(text.utf8), defaults)
}

/// The input of one line of bytes.
func line(_ bytes: [UInt8], _ defaults: RequestDefaults = RequestDefaults()) -> Input? {
    var result: Input?
    var splitter = LineSplitter()
    splitter.feed(bytes[...]) { _ in }
    var lines = ListLine(defaults: defaults)
    splitter.finish { result = lines.input($0, index: 7, location: "list:3") }
    return result
}
