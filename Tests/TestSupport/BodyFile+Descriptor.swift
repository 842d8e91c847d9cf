import FetchHTTP
import FoundationEssentials
package import FetchTransport

extension BodyFile {
    /// A file that is only a descriptor, which stays the test's.
    package static func at(_ descriptor: Int32) throws -> BodyFile {
        let folder = try BodyFolder(path: FileManager.default.temporaryDirectory.path(), template: .standard)
        folder.close()
        let url = try FetchURL.parse("http://a.test/")
        return BodyFile(
            descriptor: descriptor, folder: folder, path: FolderPath(top: -1, name: "x"),
            input: Input(index: 0, text: url.href, request: .success(Request(url))), url: url, form: .unnamed,
            progress: nil, closeMayFail: false)
    }
}
