import FoundationEssentials

/// The public test vectors that lie beside the checkout and are never committed.
///
/// `FETCHALL_TEST_DATA` names their folder; by default it is `../shared/data` seen from the package. Where it is
/// absent, as on a stranger's clone, tests that need it are skipped, visibly:
/// `@Test(.enabled(if: TestData.isPresent, "no ../shared/data"))`.
package enum TestData {
    /// The folder of the vectors.
    package static let folder: String =
        ProcessInfo.processInfo.environment["FETCHALL_TEST_DATA"]
        ?? URL(filePath: #filePath).appending(path: "../../../../shared/data").standardizedFileURL.path()

    /// Whether the vectors are there.
    package static var isPresent: Bool { FileManager.default.fileExists(atPath: folder + "/README.md") }

    /// The bytes of a file below the folder.
    package static func bytes(_ path: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: folder + "/" + path)))
    }

    /// The rows of a JSON-lines file below the folder, decoded.
    package static func rows<Row: Decodable>(_ path: String, as type: Row.Type = Row.self) throws -> [Row] {
        let decoder = JSONDecoder()
        return try bytes(path).split(separator: 0x0A).map { try decoder.decode(type, from: Data($0)) }
    }
}
