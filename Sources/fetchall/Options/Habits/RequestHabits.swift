import FetchHTTP
import FetchRecords
import FetchSystem
import FetchArgumentParser

/// The options that a user of curl types by habit: those that change requests, and those that name what is done anyway.
struct RequestHabits: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Fetch this URL too; @FILE is a list of URLs.", valueName: "url"))
    var url: [String] = []

    @Option(
        name: [.customShort("e"), .long],
        help: ArgumentHelp("Send this Referer, to the URL's own origin only.", valueName: "url"))
    var referer: String?

    @Option(
        name: [.customShort("r"), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Request these bytes only: 0-99, 100-, -100 or several with commas. (default: all)", valueName: "range"))
    var range: String?

    @Option(
        name: [.customShort("z"), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "Request a body only if it is newer than this date, or than this file; with '-' before it only if older. 304 and 412 are success then.",
            valueName: "date|file"))
    var timeCond: String?

    @Flag(help: "Stop at the first failure; what is in flight is cancelled.")
    var failEarly = false

    @Flag(name: [.customShort("L"), .long, .customLong("follow")], help: "Follow redirects. (default)")
    var location = false

    @Flag(
        name: [.customShort("f"), .long],
        help: "Count a status outside --accept as a failure, which is the default; with --print write no body of it.")
    var fail = false

    @Flag(name: [.customShort("Z"), .long], help: "Fetch concurrently. (default)")
    var parallel = false

    @Flag(help: ArgumentHelp("Send small packets immediately. (default)", visibility: .hidden))
    var tcpNodelay = false

    @Flag(help: ArgumentHelp("Leave no file of a failed transfer. (default)", visibility: .hidden))
    var removeOnError = false

    func validate() throws {
        if let referer {
            if referer.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) {
                throw ValidationError("-e: the value contains a control character")
            }
            if PrintableURL.hidingCredentials(in: referer) != referer {
                throw ValidationError("-e: a Referer has no user name and no password (RFC 9110 §10.1.3)")
            }
            if referer == ";auto" || referer.hasSuffix(";auto") {
                throw ValidationError(
                    "-e: ';auto' is not supported; redirects are followed without a Referer of their own")
            }
        }
        if let range, !Self.isRange(range) {
            throw ValidationError(Self.rangeProblem(range))
        }
        _ = try condition()
        for text in url where text.isEmpty || text == "@" { throw ValidationError("--url needs a URL") }
    }

    /// The sources that the option names: URLs, and the files of `@FILE`.
    var sources: [String] { url.map { $0.hasPrefix("@") ? String($0.dropFirst()) : $0 } }

    /// Whether the requests ask for a part of a body, or for a body under a condition.
    var isPartial: Bool { range != nil || timeCond != nil }

    /// Appends the fields that the options stand for, unless the user has decided them with `-H`.
    func apply(to headers: inout HeaderFields) throws {
        if let referer, !referer.isEmpty, !headers.decides("referer") {
            headers.append("Referer", bytes: ByteText.bytes(of: referer))
        }
        if let range, !headers.decides("range") { headers.append("Range", "bytes=\(range)") }
        if let (name, value) = try condition(), !headers.decides(name) { headers.append(name, value) }
    }

    /// The statuses that are success: with `-z` also those by which a server says that it has nothing to send.
    func accepted(_ accept: StatusSet) throws -> StatusSet {
        timeCond == nil ? accept : try StatusSet("\(accept.description),304,412")
    }

    /// The field of `-z`; nil without it.
    private func condition() throws -> (name: String, value: String)? {
        guard let timeCond else { return nil }
        let isOlder = timeCond.hasPrefix("-")
        let text = isOlder || timeCond.hasPrefix("+") ? String(timeCond.dropFirst()) : timeCond
        guard let seconds = HabitDate.seconds(of: text) else {
            throw ValidationError(
                "-z: '\(TerminalText.escaped(ByteText.shown(text)))' is neither a date (2024-12-31, '2024-12-31 23:59:59', "
                    + "'Tue, 31 Dec 2024 23:59:59 GMT') nor a file")
        }
        return (isOlder ? "If-Unmodified-Since" : "If-Modified-Since", HTTPDate.text(seconds))
    }

    private static func rangeProblem(_ text: String) -> String {
        // wget's -r is recursive and takes no value, so that the URL becomes it.
        if text.contains(text: "://") {
            return
                "-r is curl's range; to fetch a site type: fetchall crawl \(PrintableURL.hidingCredentials(in: text))"
        }
        return "-r: '\(TerminalText.escaped(ByteText.shown(text)))' is not a valid range (0-99, 100-, -100, 0-0,50-59)"
    }

    /// Whether a text is a list of byte ranges (RFC 9110 §14.1.2).
    private static func isRange(_ text: String) -> Bool {
        text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { part in
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count == 2, part.utf8.count > 1, part.utf8.allSatisfy({ $0 == 0x2D || $0.isASCIIDigit }) else {
                return false
            }
            guard !ends[0].isEmpty, !ends[1].isEmpty else { return true }
            guard let first = Int(ends[0]), let last = Int(ends[1]) else { return false }
            return first <= last
        }
    }
}

extension RequestHabits {
    /// What must be the same in each run that records its progress; nothing where no such option is given.
    var identity: [(name: String, value: String)] {
        [("--range", range), ("--time-cond", timeCond), ("--referer", referer)].compactMap { name, value in
            value.map { (name, $0) }
        }
    }
}
