import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import FetchArgumentParser
import SystemPackage

/// The options for the content of every request.
struct RequestOptions: ParsableArguments {
    @Option(
        name: [.customShort("H"), .long], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Send this header, a credential to the first input's origin only; 'Name:' sends none, 'Name;' an empty one.",
            valueName: "name: value"))
    var header: [String] = []

    @Option(
        name: [.customShort("X"), .long],
        help: ArgumentHelp("Use this method. (default: GET; with a body POST, with -T PUT)", valueName: "method"),
        completion: .list(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]))
    var request: String?

    @OptionGroup var bodies: BodyOptions

    @Option(
        name: [.customShort("A"), .long],
        help: ArgumentHelp("Send this User-Agent. (default: fetchall/VERSION)", valueName: "name"))
    var userAgent: String?

    @Option(
        name: [.customShort("u"), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Send these credentials as Basic authentication; a password that is left out is asked for on the terminal.",
            valueName: "user:password"))
    var user: String?

    @Flag(name: [.customShort("I"), .long], help: "Request the headers only (HEAD).")
    var head = false

    @Option(
        name: [.customShort("b"), .long],
        help: ArgumentHelp(
            "Send these cookies; a text without = is a file to read them from.", valueName: "name=value|file"))
    var cookie: [String] = []

    @Option(
        name: [.customShort("c"), .long],
        help: ArgumentHelp("Store received cookies and write them to this file at the end.", valueName: "file"))
    var cookieJar: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Maximum redirects to follow. (default: 10)", valueName: "n"),
        transform: OptionValue.integer(0...1000))
    var maxRedirs = 10

    @Flag(help: "Do not follow redirects.")
    var noLocation = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Maximum size of a decoded body in bytes. (default: no limit; 16M where bodies are kept in memory)",
            valueName: "size"),
        transform: OptionValue.byteSize)
    var maxFilesize: Int?

    func validate() throws {
        if let request, !HTTPToken.isValid(request) { throw ValidationError("-X: '\(request)' is not a valid method") }
        if head || request?.uppercased() == "HEAD", let body = bodies.bodyOption {
            throw ValidationError("\(head ? "-I" : "-X HEAD") requests headers only; it cannot be used with \(body)")
        }
        for text in header { _ = try Self.field(text, "-H") }
        if let cookieFile, ByteText.holdsBytes(cookieFile) {
            throw ValidationError("-b: the name of the file is not UTF-8; cookies are written as NAME=VALUE")
        }
        try checkCookieFile()
        if cookieFiles.count > 1 {
            throw ValidationError("-b names two files of cookies (a text without =); write the cookies into one file")
        }
        for (option, text) in [("-A", userAgent), ("-b", cookieText)] {
            guard let text, Self.hasControl(text) else { continue }
            throw ValidationError("\(option): the value contains a control character")
        }
        if let cookieJar, let advice = HabitRefusal.cookieJarAdvice(cookieJar) { throw ValidationError(advice) }
        try OptionValue.checkFile(cookieJar, "--cookie-jar")
        if cookieJar == "-" { throw ValidationError("--cookie-jar: standard output is for records; name a file") }
    }

    /// The file that cookies come from: as with curl, a text without `=` or behind `@` is a file name.
    private var cookieFile: String? { cookieFiles.first }

    private var cookieFiles: [String] {
        cookie.compactMap { text in
            if text.hasPrefix("@") { return String(text.dropFirst()) }
            return text.contains("=") ? nil : text
        }
    }

    /// The value of Cookie: several texts are joined, as in curl; nil without one.
    private var cookieText: String? {
        let texts = cookie.filter { $0.contains("=") && !$0.hasPrefix("@") }
        return texts.isEmpty ? nil : texts.joined(separator: "; ")
    }

    /// Refuses a file whose cookies libcurl would leave out without a word. A pipe can be read only once, by libcurl.
    private func checkCookieFile() throws {
        guard let cookieFile, !cookieFile.isEmpty, cookieFile != "-" else { return }
        if let status = try? Stat(cookieFile), status.type != .regular, status.type != .directory { return }
        do {
            if let problem = CookieFile.problem(in: try WholeFile.read(cookieFile)) {
                throw ValidationError("-b: \(TerminalText.escaped(cookieFile)): \(problem)")
            }
        } catch let failure as InputFailure {
            throw ValidationError("-b: \(failure.message) (a text without = names a file of cookies)")
        }
    }

    /// How many values of these options are read from standard input.
    var standardInputCount: Int { bodies.standardInputCount + (cookieFile == "-" ? 1 : 0) }

    /// The fields that the options name.
    ///
    /// - Parameter authorization: Gives the value of Authorization; it is called if no `-H` decides about that.
    func fields(authorization: () throws -> [UInt8]?) throws -> HeaderFields {
        var headers = HeaderFields()
        for text in header {
            let (name, value) = try Self.field(text, "-H")
            if let value {
                headers.append(name, bytes: ByteText.bytes(of: value))
            } else {
                headers.leaveOut(name)
            }
        }
        if !headers.decides("authorization"), let value = try authorization() {
            headers.append("Authorization", bytes: value)
        }
        if let cookieText, !headers.decides("cookie") {
            headers.append("Cookie", bytes: ByteText.bytes(of: cookieText))
        }
        // The options of the network hold text only.
        if let userAgent, ByteText.holdsBytes(userAgent), !headers.decides("user-agent") {
            headers.append("User-Agent", bytes: ByteText.bytes(of: userAgent))
        }
        return headers
    }

    /// The method and body of plain URLs, with the given fields.
    ///
    /// - Throws: `ValidationError` when a file of a body cannot be read.
    func defaults(headers: HeaderFields) throws -> RequestDefaults {
        let method = request?.uppercased() == "HEAD" || head ? "HEAD" : request
        return try bodies.defaults(method: method, headers: headers)
    }

    /// Applies the options to those of a run.
    func apply(to network: inout NetworkOptions, _ scheduler: inout SchedulerOptions) {
        network.userAgent = userAgent.map(ByteText.shown) ?? "fetchall/\(Fetchall.version)"
        network.cookieFile = cookieFile
        network.cookieJar = cookieJar
        scheduler.redirects = RedirectPolicy(maxRedirects: noLocation ? nil : maxRedirs)
        scheduler.maxBodySize = maxFilesize
    }

    /// `Name: value`; as in curl `Name:` leaves a field out (nil) and `Name;` sends it empty.
    static func field(_ text: String, _ option: String) throws -> (name: String, value: String?) {
        if text.hasPrefix("@") {
            throw ValidationError("\(option): @FILE is not supported; write each header as 'Name: value'")
        }
        var text = text[...]
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        let isEmpty = !text.contains(":") && text.last == ";"
        guard let end = isEmpty ? text.indices.last : text.firstIndex(of: ":") else {
            throw ValidationError("\(option): write a header as 'Name: value'")
        }
        let name = String(text[..<end])
        guard HTTPToken.isValid(name) else {
            throw ValidationError("\(option): '\(ByteText.shown(name))' is not a valid header name")
        }
        let value = text[text.index(after: end)...]
        guard !hasControl(value) else {
            throw ValidationError("\(option): the value of '\(name)' contains a control character")
        }
        let plain = String(value.drop { $0 == " " || $0 == "\t" })
        return (name, plain.isEmpty && !isEmpty ? nil : plain)
    }

    /// Whether a header's value contains a control character other than a tab (RFC 9110 §5.5).
    private static func hasControl(_ value: some StringProtocol) -> Bool {
        value.utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }
    }
}
