/// The logins of a run: each that is one of them once, with all the places in the input that name it.
struct GitHubLoginList: Sendable {
    /// Each login once; GitHub knows no case.
    private(set) var logins: [GitHubLogin] = []
    /// The records of those that are none.
    private(set) var invalid: [GitHubRecord] = []
    /// Where each login stands in the input, and how it is written there.
    private var places: [[(index: Int, text: String)]] = []

    /// Checks and sorts out a list.
    init(_ texts: [String]) {
        var known: [String: Int] = [:]
        for (index, text) in texts.enumerated() {
            do throws(ParseFailure) {
                let login = try GitHubLogin(text)
                if let place = known[login.key] {
                    places[place].append((index, text))
                } else {
                    known[login.key] = logins.count
                    logins.append(login)
                    places.append([(index, text)])
                }
            } catch {
                let failure = FetchError(.invalidURL, error.message, curlCode: 3)
                invalid.append(GitHubRecord(index: index, login: text, result: .failure(failure)))
            }
        }
    }

    /// The records of a login that is finished: one for each place that names it.
    func records(of finished: GitHubRun.Finished) -> [GitHubRecord] {
        places[finished.target].map { place in
            GitHubRecord(
                index: place.index, login: place.text, result: finished.result, via: finished.via,
                status: finished.status)
        }
    }
}
