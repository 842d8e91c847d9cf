import FetchHTTP
import FetchSystem
import FetchArgumentParser
import SystemPackage

/// An option of the command line that is one option of libcurl.
struct DetailRow {
    /// What a value is.
    enum Kind: Equatable {
        case text
        /// A file that must be readable.
        case file
        case directory
        /// It is in no output.
        case secret
        /// One of these words, in capital or small letters.
        case words([String])
    }

    /// The option as the user writes it.
    let name: String
    /// What is set for it; none if it is not given.
    let details: [TransportDetail]
    /// The value as the user gives it; nil for a flag, and for an option that is not given.
    let text: String?
    let kind: Kind

    /// An option with a text; a word of a list goes on in capital letters.
    init(_ name: String, _ option: TransportDetail.Option, _ text: String?, _ kind: Kind = .text) {
        self.name = name
        self.text = text
        self.kind = kind
        var value = text
        if case .words = kind { value = text?.uppercased() }
        details = value.map { [TransportDetail(option, .text($0))] } ?? []
    }

    /// An option with a number.
    init(_ name: String, _ options: [TransportDetail.Option], number: Int?) {
        self.init(name, text: number.map { "\($0)" }, number.map { number in options.map { ($0, number) } } ?? [])
    }

    /// An option whose value is several numbers for libcurl.
    init(_ name: String, text: String?, _ numbers: [(option: TransportDetail.Option, number: Int)]) {
        self.name = name
        self.text = text
        kind = .text
        details = numbers.map { TransportDetail($0.option, .number($0.number)) }
    }

    /// An option whose value is checked only.
    init(_ name: String, text: String, words: [String]) {
        self.name = name
        self.text = text
        kind = .words(words)
        details = []
    }

    /// A flag, and the number that it means.
    init(_ name: String, _ isGiven: Bool, _ options: TransportDetail.Option..., number: Int = 1) {
        self.name = name
        text = nil
        kind = .text
        details = isGiven ? options.map { TransportDetail($0, .number(number)) } : []
    }

    /// Refuses a value that makes no sense.
    func check() throws {
        guard let text else { return }
        guard !text.isEmpty else { throw ValidationError("\(name) needs a value") }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw ValidationError("\(name): the value contains a control character")
        }
        switch kind {
        case .text, .secret: break
        case .words(let words):
            guard words.contains(text.uppercased()) else {
                throw ValidationError(
                    "\(name): '\(TerminalText.escaped(text))' is not one of \(words.joined(separator: ", "))")
            }
        case .directory:
            guard (try? Stat(text))?.type == .directory else {
                throw ValidationError("\(name): \(TerminalText.escaped(text)) is not a directory")
            }
        case .file:
            do throws(InputFailure) {
                _ = try WholeFile.read(text)
            } catch {
                throw ValidationError("\(name): \(error.message)")
            }
        }
    }
}

/// A group of options that are rows of a table.
protocol DetailTable {
    /// Its options, in the order in which they are set.
    var rows: [DetailRow] { get }
}

extension DetailTable {
    /// Refuses values that make no sense.
    func checkRows() throws {
        for row in rows { try row.check() }
    }

    /// What is set for the options that are given.
    var details: [TransportDetail] { rows.flatMap(\.details) }

    /// The options for a command of curl, without secrets.
    var curlArguments: [String] {
        rows.filter { !$0.details.isEmpty && $0.kind != .secret }.flatMap { [$0.name] + ($0.text.map { [$0] } ?? []) }
    }

    /// The options of a command of curl whose values are secret: `FETCHALL_PROXY_PASS`.
    var curlSecrets: [CurlCommand.SecretOption] {
        rows.filter { !$0.details.isEmpty && $0.kind == .secret }.map { row in
            let name = String(row.name.dropFirst(2).uppercased().map { $0 == "-" ? "_" : $0 })
            return (row.name, "", "FETCHALL_\(name)", "the value of \(row.name)")
        }
    }
}
