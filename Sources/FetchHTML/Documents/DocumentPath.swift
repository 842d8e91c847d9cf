import FetchSystem

/// The paths of documents, as text: nothing is looked up.
package enum DocumentPath {
    /// A path without `.`, empty parts and a slash at its end, and without `..` where something precedes it.
    package static func normal(_ path: String) -> String {
        let isAbsolute = path.utf8.first == UInt8(ascii: "/")
        var parts: [Substring] = []
        for part in Self.parts(path) where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else if part != ".." || !isAbsolute {
                parts.append(part)
            }
        }
        let text = parts.joined(separator: "/")
        return isAbsolute ? "/" + text : text.isEmpty ? "." : text
    }

    /// The parts between the slashes that are not empty. A slash is a byte: a mark that combines with it is in the next part.
    package static func parts(_ path: String) -> [Substring] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
    }

    /// A path below a folder, normal.
    package static func joined(_ folder: String, _ path: String) -> String {
        normal(folder.isEmpty ? path : folder + "/" + path)
    }

    /// The folder of a file.
    package static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last part of a path.
    package static func name(of path: String) -> Substring {
        path[(path.utf8.lastIndex(of: UInt8(ascii: "/")).map(path.utf8.index(after:)) ?? path.startIndex)...]
    }

    /// The path of a file from a folder above it; nil if the folder is not above it.
    package static func relative(_ path: String, to folder: String) -> String? {
        let path = normal(path)
        let folder = normal(folder)
        if folder == "." { return path.utf8.first == UInt8(ascii: "/") || parts(path).first == ".." ? nil : path }
        let prefix = Array((folder == "/" ? folder : folder + "/").utf8)
        guard path.utf8.starts(with: prefix) else { return nil }
        return String(Substring(path.utf8.dropFirst(prefix.count)))
    }

    /// The path of a reference: percent-decoded, with `\` read as `/` as browsers do; nil if it contains NUL.
    static func decoded(_ reference: ArraySlice<UInt8>) -> String? {
        let bytes = PercentEncoding.decode(reference.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }[...])
        return bytes.contains(0) ? nil : ByteText.text(of: bytes)
    }
}
