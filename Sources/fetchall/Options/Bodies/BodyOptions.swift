import FetchHTTP
import FetchRecords
import FetchSystem
import SystemPackage
import FetchArgumentParser

/// The options for the body of every request.
struct BodyOptions: ParsableArguments {
    @Option(
        name: [.customShort("d"), .long, .customLong("data-ascii")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Send this body with POST; @FILE reads it from a file. Several are joined by &.", valueName: "data"),
        transform: BodyText.reader(.data))
    var data: [BodyText] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The same, but @ has no meaning.", valueName: "data"), transform: BodyText.reader(.raw))
    var dataRaw: [BodyText] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The same, but @FILE is sent with its line breaks.", valueName: "data"),
        transform: BodyText.reader(.binary))
    var dataBinary: [BodyText] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "The same, percent-encoded: CONTENT, =CONTENT, NAME=CONTENT, @FILE or NAME@FILE.", valueName: "data"),
        transform: BodyText.reader(.urlEncoded))
    var dataUrlencode: [BodyText] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Send this JSON with POST, with Content-Type and Accept: application/json; @FILE reads it from a file.",
            valueName: "json"),
        transform: BodyText.reader(.json))
    var jsonData: [BodyText] = []

    @Flag(name: [.customShort("G"), .long], help: "Add the data of -d and the like to the query of the URL.")
    var get = false

    @Option(
        name: [.customShort("F"), .long], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Send a form (multipart/form-data): NAME=VALUE, NAME=@FILE, NAME=<FILE, each with ;type=TYPE, a file with ;filename=NAME.",
            valueName: "field"),
        transform: BodyText.reader(.form))
    var form: [BodyText] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The same, but @, < and ; have no meaning.", valueName: "name=value"),
        transform: BodyText.reader(.formString))
    var formString: [BodyText] = []

    @Flag(help: "Escape quotes in names of a form with backslashes.")
    var formEscape = false

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Add this to the query of URLs, percent-encoded as --data-urlencode does it; +TEXT as it is.",
            valueName: "data"),
        transform: BodyText.reader(.urlQuery))
    var urlQuery: [BodyText] = []

    @Option(
        name: [.customShort("T"), .long], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Send this file with PUT; its name is added to a URL that ends in /. With - or a pipe everything is read first, at most 1 GiB.",
            valueName: "file"))
    var uploadFile: [String] = []

    /// The parts of a body in memory, in their order on the command line.
    private var texts: [BodyText] {
        (data + dataRaw + dataBinary + dataUrlencode + jsonData).sorted { $0.order < $1.order }
    }

    /// The fields of the form, in their order on the command line.
    private var fields: [BodyText] { (form + formString).sorted { $0.order < $1.order } }

    /// The options that are given, as messages name them.
    var given: [String] {
        (texts + fields).map(\.kind.rawValue) + (uploadFile.isEmpty ? [] : ["-T"])
    }

    /// The option that gives the requests a body, or nil.
    var bodyOption: String? { self.get ? nil : given.first }

    /// Whether files are sent, which may take as long as they are large.
    var sendsFiles: Bool {
        !uploadFile.isEmpty || form.contains { $0.text.contains(text: "=@") || $0.text.contains(text: "=<") }
    }

    /// How many values are read from standard input.
    var standardInputCount: Int {
        (texts + fields + urlQuery).count(where: \.isStandardInput) + uploadFile.count { $0 == "-" }
    }

    /// The files that are read.
    var files: [String] {
        uploadFile + (texts + fields + urlQuery).compactMap(\.fileName)
    }

    /// The values as they are given, for comparing two runs.
    var identity: [String] {
        let plain = data.map(\.text)
        let others = (texts + fields).filter { $0.kind != .data }
        // A journal of an earlier build has -d only.
        let added = urlQuery.map { "--url-query " + $0.text } + (formEscape ? ["--form-escape"] : [])
        return others.isEmpty && uploadFile.isEmpty && !get
            ? plain + added
            : (texts + fields).map { $0.kind.rawValue + " " + $0.text } + uploadFile.map { "-T " + $0 }
                + (self.get ? ["-G"] : []) + added
    }

    func validate() throws {
        func refuse(_ one: String, _ other: String, _ why: String) throws {
            throw ValidationError("\(one) and \(other) cannot be used together: \(why)")
        }
        let isOneBody = "a request has one body"
        if let text = texts.first?.kind.rawValue, let field = fields.first?.kind.rawValue {
            try refuse(text, field, isOneBody)
        }
        if let other = (texts + fields).first?.kind.rawValue, !uploadFile.isEmpty { try refuse("-T", other, isOneBody) }
        if uploadFile.count > 1 {
            throw ValidationError(
                "-T is given twice; name the file of each request in a list: {\"url\",\"body_file\"}")
        }
        if !jsonData.isEmpty, let other = texts.first(where: { $0.kind != .json }) {
            try refuse("--json-data", other.kind.rawValue, isOneBody)
        }
        if get,
            let other = fields.first?.kind.rawValue ?? (uploadFile.isEmpty ? nil : "-T")
                ?? jsonData.first?.kind.rawValue
        {
            try refuse("-G", other, "only -d and the like can be in a query")
        }
        if formEscape, form.isEmpty, formString.isEmpty { throw ValidationError("--form-escape needs -F") }
        for field in fields { _ = try Self.field(field) }
    }

    private static func field(_ text: BodyText) throws -> FormField {
        do throws(ParseFailure) {
            return text.kind == .form ? try FormField(text.text) : try FormField(literal: text.text)
        } catch {
            let advice = text.kind == .form ? " (--form-string takes a value as it is)" : ""
            throw ValidationError("\(text.kind.rawValue): \(error.message)\(advice)")
        }
    }

    /// The defaults of all requests.
    ///
    /// - Parameters:
    ///   - method: The method that is given, if any.
    ///   - headers: The fields that are given.
    /// - Throws: `ValidationError` when a file cannot be read, or contains something else than it should.
    func defaults(method: String?, headers: HeaderFields) throws -> RequestDefaults {
        var headers = headers
        if !jsonData.isEmpty, !headers.decides("accept") { headers.append("Accept", "application/json") }
        let query = try Self.joined(urlQuery + (get ? texts : []))
        if get { return RequestDefaults(method: method, headers: headers, content: nil, query: query) }
        if let file = uploadFile.first {
            let content = try upload(file)
            let name = file == "-" ? nil : FileReference(path: file).last
            return RequestDefaults(
                method: method ?? "PUT", headers: headers, content: content, query: query, fileName: name)
        }
        if !fields.isEmpty, headers.decides("content-type") {
            throw ValidationError("-H Content-Type and -F cannot be used together: the type of a form has its boundary")
        }
        return RequestDefaults(method: method, headers: headers, content: try content(), query: query)
    }

    private func content() throws -> RequestContent? {
        if !jsonData.isEmpty {
            // As with curl's --json, several are parts of one text.
            let bytes = try texts.flatMap { try $0.bytes() }
            do throws(ParseFailure) {
                _ = try JSONValue.parse(bytes[...])
            } catch {
                throw ValidationError("--json-data: not valid JSON \(error); --data-raw sends anything")
            }
            return RequestContent(body: bytes, contentType: "application/json")
        }
        if !texts.isEmpty { return RequestContent(body: try Self.joined(texts)) }
        guard !fields.isEmpty else { return nil }
        return MultipartForm.content(
            of: try fields.map { text in
                let field = try Self.field(text)
                let value: MultipartForm.Value =
                    field.kind == .text
                    ? .bytes(Array(field.value.utf8)) : try Self.piece(field.value, text.kind.rawValue)
                return (field, value)
            }, escapesByBackslash: formEscape)
    }

    private static func joined(_ texts: [BodyText]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "&")) }
            bytes += try text.bytes()
        }
        return bytes
    }

    private func upload(_ file: String) throws -> RequestContent {
        try OptionValue.checkFile(file, "-T")
        return RequestContent(
            upload: UploadBody([try Self.piece(file, "-T")], identity: Digest.text(of: ["-T", file])))
    }

    /// A file that is sent. What can be read only once, a pipe or standard input, is read now.
    private static func piece(_ name: String, _ option: String) throws -> UploadBody.Piece {
        if name == "-" { return .bytes(try BodyText.read(name, option)) }
        if let status = try? Stat(name), status.type != .regular, status.type != .directory {
            return .bytes(try BodyText.read(name, option))
        }
        let file = FileReference(path: name)
        do throws(InputFailure) {
            _ = try file.size()
        } catch {
            throw ValidationError("\(option): \(error.message)")
        }
        return .file(file)
    }
}
