import FetchHTTP
import FetchSystem

/// A URL without fragment and credentials, and what is known of it.
struct CheckedURL: Sendable {
    /// How far it is.
    enum State: Sendable, Hashable {
        /// Its request waits, or is in flight.
        case open
        /// It is answered; the body is being read.
        case reading
        /// Its verdict is known.
        case closed
    }

    let url: FetchURL
    /// The number of links between a seed and it.
    var depth: Int
    /// The number of redirects that led to it when it was found.
    var hops = 0
    /// Whether it is read for its links.
    var isPage = false
    /// Whether it is one of the pages in flight.
    var isCounted = false
    /// Whether it is within the scope, so that robots.txt is asked.
    let isFollowed: Bool
    /// Whether it is a seed, or a seed redirects to it.
    let isSeed: Bool
    var state = State.open
    /// How often the verdict was a failure of the transport.
    var tries = 0
    var verdict = CheckVerdict.sound
    /// The last outcome; nil if nothing was sent.
    var outcome: Outcome?
    /// What a fragment may name; nil if the body was not read.
    var anchors: Set<String>?
    /// The links that wait for the verdict.
    var uses: [LinkUse] = []
    /// The URLs that redirect to it and wait for the verdict.
    var sources: [Int] = []

    init(_ url: FetchURL, depth: Int, isFollowed: Bool, isSeed: Bool) {
        self.url = url
        self.depth = depth
        self.isFollowed = isFollowed
        self.isSeed = isSeed
    }
}

/// A link that waits for the verdict of its URL, or for the anchors of a file.
struct LinkUse: Sendable {
    /// The index of the page or document that contains it.
    var page: Int
    var text: String
    var line: Int?
    var column: Int?
    /// What it leads to.
    enum Target: Sendable {
        case url(FetchURL)
        case path(String)
        /// Something else, as it is written.
        case written(String)
    }

    /// What it leads to.
    var target: Target
    /// The fragment as it is written; nil for none.
    var fragment: String?
    /// Whether a person follows it, so that the page is read if it is within the scope.
    var isPage = true
    /// Whether it is an argument of the command, and not a link.
    var isSeed = false

    /// What it leads to, for a person: a URL without credentials, a path, or what is written.
    var shown: String {
        let suffix = fragment.map { "#" + $0 } ?? ""
        return switch target {
        case .url(let url): url.redacted + suffix
        case .path(let path): ByteText.shown(path) + suffix
        case .written(let text): PrintableURL.hidingCredentials(in: text)
        }
    }
}

/// A page or a document whose links are checked.
struct CheckedPage: Sendable {
    /// Its URL without credentials, or its path.
    let document: String
    /// Whether it is a file.
    let isFile: Bool
    /// The number of its links whose verdict is not known.
    var pending = 0
    /// What is to be written about its links.
    var findings: [Finding] = []
    /// Whether all its links are counted.
    var isRead = false
}

/// Whether requests may be sent to an authority: until it has answered, one at a time, so that one that is down costs one
/// timeout and not one for each link.
struct HostGate: Sendable {
    enum State: Sendable {
        /// Nothing was asked.
        case unknown
        /// A request is in flight that will tell.
        case probing
        case answers
        /// It cannot be reached.
        case down(CheckVerdict.Fault)
    }

    /// After so many URLs without an answer it counts as down.
    static let maximumSilence = 3

    var state = State.unknown
    /// The URLs that wait.
    var queue: [Int] = []
    /// How many consecutive URLs were connected to and not answered.
    var silence = 0
}
