#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The options of the demo server.
struct DemoOptions {
    struct UsageError: Error {
        let message: String
    }

    static let usage = """
        usage: demo-server [--port N] [--latency MS] [--urls PATH] [--quiet]

          --port N      listen on this port of 127.0.0.1 (default: one that is free)
          --latency MS  how long /latency/{i} takes (default: 100)
          --urls PATH   write a list for fetchall there, made of this server's addresses
          --quiet       no summary on stderr at the end
        """

    var port = 0
    var latency = 100
    var urls: String?
    var isQuiet = false
    var showsHelp = false

    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var rest = Array(arguments)[...]
        while let option = rest.popFirst() {
            switch option {
            case "--port": port = try Self.number(option, rest.popFirst(), in: 0...65_535)
            case "--latency": latency = try Self.number(option, rest.popFirst(), in: 0...600_000)
            case "--urls":
                guard let path = rest.popFirst(), !path.isEmpty else {
                    throw UsageError(message: "--urls wants a path")
                }
                urls = path
            case "--quiet": isQuiet = true
            case "--help", "-h": showsHelp = true
            default: throw UsageError(message: "unknown option \(option)")
            }
        }
    }

    private static func number(
        _ option: String, _ text: String?, in range: ClosedRange<Int>
    ) throws(UsageError) -> Int {
        guard let text, let number = Int(text), range.contains(number) else {
            throw UsageError(message: "\(option) wants a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}

/// Writes a line to stderr.
func complain(_ text: String) {
    let line = Array((text + "\n").utf8)
    _ = write(STDERR_FILENO, line, line.count)
}

/// A file that could not be written.
struct FileError: Error, CustomStringConvertible {
    let description: String
}

/// Writes a text to a file and replaces its content.
func write(_ text: String, to path: String) throws(FileError) {
    guard let file = fopen(path, "w") else {
        throw FileError(description: "\(path): \(String(cString: strerror(errno)))")
    }
    let isWritten = fputs(text, file) >= 0
    guard fclose(file) == 0, isWritten else {
        throw FileError(description: "\(path): \(String(cString: strerror(errno)))")
    }
}
