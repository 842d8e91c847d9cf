package import FetchSystem

/// A file of logins, one per line, without blank lines and lines that start with `#`. A byte order mark, CRLF and gzip
/// are accepted, as in a list of URLs.
package enum GitHubLoginFile {
    /// Reads a whole file.
    ///
    /// - Parameter path: The file; `-` is standard input.
    /// - Returns: The lines, unchecked: ``GitHubClient`` checks each of them.
    /// - Throws: ``InputFailure`` with what is wrong with the file.
    package static func read(_ path: String) throws(InputFailure) -> [String] {
        let bytes = try WholeFile.read(path)
        let name = path == "-" ? "standard input" : TerminalText.escaped(path)
        var content = ListContent()
        var splitter = LineSplitter()
        var logins: [String] = []
        func take(_ line: LineSplitter.Line) {
            var text = line.bytes.drop { $0 == 0x20 || $0 == 0x09 }
            while let last = text.last, last == 0x20 || last == 0x09 || last == 0x0D { text.removeLast() }
            guard let first = text.first, first != UInt8(ascii: "#") else { return }
            logins.append(String(decoding: text, as: UTF8.self))
        }
        var problem = content.feed(bytes[...]) { splitter.feed($0, take) }
        if problem == nil { problem = content.finish { splitter.feed($0, take) } }
        if let problem { throw InputFailure("\(name): \(problem)") }
        splitter.finish(take)
        return logins
    }
}
