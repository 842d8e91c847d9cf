import FoundationEssentials
import Testing

/// A record of the command, decoded.
struct Row: Decodable, Sendable {
    struct Failure: Decodable, Sendable {
        let kind: String
        let message: String
        let exitcode: Int?
    }

    let id: String?
    let index: Int
    let url: String
    let urlEffective: String?
    let method: String?
    let ok: Bool
    let responseCode: Int?
    let httpVersion: String?
    let contentType: String?
    let error: Failure?
    let sizeDownload: Int?
    let numRedirects: Int
    let numRetries: Int
    let remoteIp: String?
    let timeWait: Double
    let timeTotal: Double?
    let retryAfter: Double?
    let cache: String?
    let filenameEffective: String?
    let headers: [String: [String]]?
    let body: String?
    let bodyBase64: String?

    /// The kind of its error.
    var kind: String? { error?.kind }

    /// The records of `--json`: one array.
    static func array(_ result: ToolResult) throws -> [Row] {
        try decoder.decode([Row].self, from: Data(result.bytes))
    }

    /// The records of a `--json` run in a file.
    static func array(file: String) throws -> [Row] {
        try decoder.decode([Row].self, from: Data(contentsOf: URL(filePath: file)))
    }

    /// The records of `--jsonl`: one a line.
    static func lines(_ result: ToolResult) throws -> [Row] {
        try result.bytes.split(separator: 0x0A).map { try decoder.decode(Row.self, from: Data($0)) }
    }

    /// The one record of a `--jsonl` run.
    static func only(_ result: ToolResult, at location: SourceLocation = #_sourceLocation) throws -> Row {
        let rows = try lines(result)
        #expect(rows.count == 1, "\(result.stderr)", sourceLocation: location)
        return try #require(rows.first, sourceLocation: location)
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}

/// A folder of a test's own, taken away with it.
final class Scratch: Sendable {
    /// Its path, without a slash at the end.
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path() + "fetchall-cli-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in it.
    func callAsFunction(_ name: String) -> String { name.hasPrefix("/") ? name : path + "/" + name }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

    /// Writes bytes to a file and returns its path.
    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(filePath: self(name)))
        return self(name)
    }

    /// The text of a file in it.
    func text(_ name: String) throws -> String {
        try String(decoding: Data(contentsOf: URL(filePath: self(name))), as: UTF8.self)
    }

    /// Whether there is a file of that name in it.
    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self(name)) }

    /// The bytes of a file in it.
    func bytes(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: self(name)))) }

    /// The names of everything below it, sorted.
    func names(_ folder: String = ".") throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: self(folder)).sorted()
    }
}
