import FetchHTTP
import FetchSystem

/// The logins of a run: each valid one once, with all indices of the input that name it.
struct GitHubLoginList: Sendable {
    /// Each login once; GitHub ignores case.
    private(set) var logins: [GitHubLogin] = []
    /// The records of the entries that are not valid logins.
    private(set) var invalid: [GitHubRecord] = []
    /// The indices of each login in the input, and how it is written there.
    private var occurrences: [[(index: Int, text: String)]] = []

    /// Checks a list and removes duplicates.
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

    /// The records of a completed login: one for each index that names it.
    func records(of finished: GitHubRun.Finished) -> [GitHubRecord] {
        occurrences[finished.target].map { occurrence in
            GitHubRecord(
                index: occurrence.index, login: occurrence.text, result: finished.result, via: finished.via,
                status: finished.status)
        }
    }
}
