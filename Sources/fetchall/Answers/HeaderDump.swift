import FetchHTTP
import FetchRecords
import FetchScheduling

/// Writes the heads of responses to the file of `-D`, in the order in which their outcomes come.
struct HeaderDump: Sendable {
    private let file: OutputFile
    private let redirectHeads: RedirectHeads?
    private let console: Console
    /// Whether the heads of redirects are written elsewhere too, and are dropped there.
    private let keepsRedirects: Bool

    /// The dump of a run; nil without a file.
    init?(_ file: OutputFile?, _ redirectHeads: RedirectHeads?, keepsRedirects: Bool, _ console: Console) {
        guard let file else { return nil }
        self.file = file
        self.redirectHeads = redirectHeads
        self.console = console
        self.keepsRedirects = keepsRedirects
    }

    /// Writes the heads of an outcome: those of its redirects, and its own. One without a response has none.
    func write(_ outcome: Outcome) throws(OutputFailure) {
        let index = outcome.input.index
        let redirects = keepsRedirects ? redirectHeads?.heads(of: index) : redirectHeads?.take(index)
        guard let response = outcome.response else { return }
        var written = 0
        try console.write((redirects ?? []) + response.headBytes, to: file, written: &written)
    }
}
