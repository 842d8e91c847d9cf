/// The logins of a run: each that is one of them once, with every input that names it.
struct GitHubLoginList: Sendable {
    /// Each login once; GitHub knows no case.
    private(set) var logins: [GitHubLogin] = []
    /// The records of those that are none.
    private(set) var invalid: [GitHubRecord] = []
    /// Where each login stands in the input, and how it is written there.
    private var occurrences: [[(index: Int, text: String)]] = []

    /// Checks and sorts out a list.
    init(_ texts: [String]) {
        var known: [String: Int] = [:]
        for (index, text) in texts.enumerated() {
            do throws(ParseFailure) {
                let login = try GitHubLogin(text)
                if let target = known[login.key] {
                    occurrences[target].append((index, text))
                } else {
                    known[login.key] = logins.count
                    logins.append(login)
                    occurrences.append([(index, text)])
                }
            } catch {
                let failure = FetchError(.invalidURL, error.message, curlCode: .urlMalformat)
                invalid.append(GitHubRecord(index: index, login: text, result: .failure(failure)))
            }
        }
    }

    /// The records of a login that is finished: one for each input that names it.
    func records(of finished: GitHubRun.Finished) -> [GitHubRecord] {
        occurrences[finished.target].map { occurrence in
            GitHubRecord(
                index: occurrence.index, login: occurrence.text, result: finished.result, via: finished.via,
                status: finished.status)
        }
    }
}
