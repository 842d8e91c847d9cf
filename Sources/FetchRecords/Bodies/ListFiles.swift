import FetchHTTP
import FetchSystem
import SystemPackage

/// Which files the requests of a list may send: those below one folder, or none.
package enum ListFiles: Sendable, Hashable {
    /// No files: the list came from elsewhere, and its writer must not read files of this machine.
    case none
    /// Files below this folder.
    case below(String)

    /// The files below the folder of a list; none for another name of standard input, such as `/dev/stdin`.
    package static func beside(_ path: String) -> ListFiles {
        guard !path.hasPrefix("/dev/"), !path.hasPrefix("/proc/") else { return .none }
        let folder = FilePath(path).removingLastComponent().string
        return .below(folder.isEmpty ? "." : folder)
    }

    /// A file of a request.
    ///
    /// - Throws: ``ParseFailure`` that says why it cannot be sent.
    func file(_ name: String) throws(ParseFailure) -> FileReference {
        guard case .below(let folder) = self else {
            throw ParseFailure(
                "only a list file may name files to send, unless the run allows their folder")
        }
        let file = try FileReference(name, below: folder)
        do throws(InputFailure) {
            _ = try file.size()
        } catch {
            throw ParseFailure("cannot send \(error.message)")
        }
        return file
    }

    /// The content of `"body_file":"NAME"`.
    func content(bodyFile value: JSONValue) throws(ParseFailure) -> RequestContent {
        guard case .string(let name) = value else { throw ParseFailure("\"body_file\" must be the name of a file") }
        let file = try file(name)
        let identity = Digest.text(of: ["body_file", file.folder ?? "", name])
        return RequestContent(
            upload: UploadBody([.file(file)], identity: identity, member: (key: "body_file", value: value)))
    }

    /// The content of `"form":{"NAME":"VALUE","NAME":{"file":…,"type":…,"filename":…}}`.
    func content(form value: JSONValue) throws(ParseFailure) -> RequestContent {
        guard case .object(let members) = value, !members.isEmpty else {
            throw ParseFailure("\"form\" must be an object of fields")
        }
        var parts: [(field: FormField, value: MultipartForm.Value)] = []
        for (name, value) in members {
            switch value {
            case .string(let text): parts.append((FormField(name: name, value: text), .bytes(Array(text.utf8))))
            case .object(let members):
                let field = try Self.field(name, members)
                parts.append((field, .file(try file(field.value))))
            default:
                throw ParseFailure("\"form\": a field must be a string, or an object with \"file\"")
            }
        }
        return MultipartForm.content(of: parts, member: (key: "form", value: value))
    }

    private static func field(
        _ name: String, _ members: [(key: String, value: JSONValue)]
    ) throws(ParseFailure) -> FormField {
        var texts: [String: String] = [:]
        for (key, value) in members {
            guard ["file", "type", "filename"].contains(key), texts[key] == nil, case .string(let text) = value else {
                throw ParseFailure("\"form\": a file has \"file\", \"type\" and \"filename\", each a string and once")
            }
            texts[key] = text
        }
        guard let file = texts["file"] else {
            throw ParseFailure("\"form\": a field without \"file\" must be a string")
        }
        if texts["type"]?.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) ?? false {
            throw ParseFailure("\"form\": \"type\" contains a control character")
        }
        return FormField(
            name: name, kind: .upload, value: file, contentType: texts["type"], fileName: texts["filename"])
    }
}
