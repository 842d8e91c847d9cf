import FetchHTML
import FetchHTTP
import FetchScheduling
import FetchSystem
import DequeModule

/// URLs: which are asked, and what their answers mean.
extension CheckPlan {
    /// Adds a link to a URL, or judges it if the verdict is known.
    mutating func link(_ use: LinkUse, to url: FetchURL, depth: Int) {
        let id = node(for: url, depth: depth + 1, isPage: use.isPage, isSeed: use.isSeed)
        if urls[id].state == .closed, let end = end(of: id) { return judge(use, id, end) }
        urls[id].uses.append(use)
    }

    /// The index of a URL, which is queued if it is new.
    mutating func node(for url: FetchURL, depth: Int, hops: Int = 0, isPage: Bool, isSeed: Bool = false) -> Int {
        let plain = url.plain
        if let id = indices[plain.href] {
            if isPage, !urls[id].isPage { read(id, depth: depth) }
            return id
        }
        if isSeed { scope.insert(plain) }
        let id = urls.count
        indices[plain.href] = id
        let isNear = !options.seeds.isEmpty && scope.verdict(for: plain) == .inside
        urls.append(CheckedURL(plain, depth: depth, isFollowed: isNear, isSeed: isSeed))
        urls[id].hops = hops
        urls[id].isPage = isPage && isNear && depth <= (options.maxDepth ?? .max)
        if options.isOffline || options.onlyLists {
            close(id, .skipped(.offline))
        } else {
            ready.append(.url(id, nil))
        }
        return id
    }

    /// Reads a URL for its links that was known already: as a part of a page, or farther from a seed. One that turned out
    /// to be a page is asked once more.
    private mutating func read(_ id: Int, depth: Int) {
        guard urls[id].isFollowed, depth <= options.maxDepth ?? .max, stop == nil else { return }
        urls[id].isPage = true
        urls[id].depth = depth
        guard case .sound = urls[id].verdict, urls[id].state == .closed, urls[id].anchors == nil,
            let response = urls[id].outcome?.response,
            CheckMethod.page.bodies.wants(response.headers.contentType)
        else { return }
        urls[id].state = .open
        ready.append(.url(id, .page))
    }

    /// How a URL is asked for.
    func method(for id: Int) -> CheckMethod {
        if urls[id].isPage || options.readsForeignPages { return .page }
        return urls[id].tries > 0 ? .get : .head
    }

    // MARK: Answers

    mutating func answered(_ id: Int, _ method: CheckMethod, _ outcome: Outcome) {
        inFlight -= 1
        proceed(after: urls[id].url)
        urls[id].outcome = Self.kept(outcome)
        let verdict = CheckVerdict(
            outcome, of: urls[id].url, method, followsRedirects: options.maxRedirects != nil)
        note(verdict, of: id)
        if method == .head, CheckVerdict.needsGET(outcome) {
            if let stop { return close(id, .skipped(CheckSkip(stop))) }
            return ready.prepend(.url(id, .get))
        }
        if case .sound = verdict, let response = outcome.response, method == .page || urls[id].isPage,
            CheckMethod.page.bodies.wants(response.headers.contentType)
        {
            if method == .page, case .bytes(let body) = response.body {
                urls[id].state = .reading
                urls[id].verdict = verdict
                return act(.scan(id: id, urls[id].url, body: body, contentType: response.headers.contentType))
            }
            // It was found to be a page while it was asked for as something else.
            if method != .page, stop == nil { return ready.append(.url(id, .page)) }
        }
        pageEnded(id)
        close(id, verdict)
    }

    /// Lets the pages that wait for the maximum start, or not.
    private mutating func pageEnded(_ id: Int) {
        guard urls[id].isCounted else { return }
        urls[id].isCounted = false
        pagesInFlight -= 1
        for page in lastPages.reversed() { ready.prepend(.url(page, nil)) }
        lastPages = []
    }

    mutating func scanned(_ id: Int, _ result: Result<ReadDocument, InputFailure>) {
        inFlight -= 1
        defer { pageEnded(id) }
        switch result {
        case .failure(let error): report(error.message)
        case .success(let document):
            // Of a page that is too large, only the beginning was read.
            urls[id].anchors = urls[id].outcome?.error == nil ? document.anchors : nil
            if urls[id].isPage {
                pagesRead += 1
                let page = pages.count
                pages.append(CheckedPage(document: urls[id].url.redacted, isFile: false))
                close(id, urls[id].verdict)
                add(document.links, of: page, anchors: urls[id].anchors, depth: urls[id].depth)
                return
            }
        }
        close(id, urls[id].verdict)
    }

    /// Gives a URL its verdict, and judges the links that waited for it. A failure of the transport is judged when it has
    /// occurred twice.
    mutating func close(_ id: Int, _ verdict: CheckVerdict) {
        urls[id].verdict = verdict
        if case .broken(let fault) = verdict, fault.isTransport, stop == nil {
            urls[id].tries += 1
            if urls[id].tries < 2 { return }
        }
        urls[id].state = .closed
        if case .redirect(let target, _) = verdict, stop == nil, urls[id].hops < options.maxRedirects ?? 0 {
            let url = urls[id]
            let isPage = url.isPage || !url.isFollowed
            let next = node(
                for: target, depth: url.depth, hops: url.hops + 1, isPage: isPage, isSeed: url.isSeed)
            if end(of: id) == nil {
                urls[next].sources.append(id)
                return
            }
        }
        release(id)
    }

    /// Judges what waited for a URL, and for the URLs that redirect to it.
    mutating func release(_ first: Int) {
        var open = [first]
        while let id = open.popLast() {
            guard let end = end(of: id) else { continue }
            let uses = urls[id].uses
            urls[id].uses = []
            for use in uses { judge(use, id, end) }
            open += urls[id].sources
            urls[id].sources = []
        }
    }

    /// What a record needs of an outcome: neither the body nor the fields, which would fill the memory.
    private static func kept(_ outcome: Outcome) -> Outcome {
        var outcome = outcome
        let type = outcome.response?.headers.contentType
        outcome.response?.body = .discarded
        outcome.response?.headers = HeaderFields(type.map { [("Content-Type", $0)] } ?? [])
        return outcome
    }

    // MARK: Chains

    /// The end of a chain of redirects.
    struct ChainEnd {
        /// The URLs of the chain, with the first and the last.
        var chain: [Int]
        /// Never a redirect.
        var verdict: CheckVerdict
        /// Whether there is a redirect, and all of them are permanent.
        var isPermanent = false
    }

    /// Follows the redirects of a URL; nil while the end is not known.
    func end(of first: Int) -> ChainEnd? {
        var chain = [first]
        var isPermanent = true
        while true {
            let id = chain[chain.count - 1]
            guard urls[id].state == .closed else { return nil }
            guard case .redirect(let target, let isFinal) = urls[id].verdict else {
                return ChainEnd(chain: chain, verdict: urls[id].verdict, isPermanent: isPermanent && chain.count > 1)
            }
            isPermanent = isPermanent && isFinal
            let next = indices[target.plain.href]
            if next == nil, let stop {
                return ChainEnd(chain: chain, verdict: .skipped(CheckSkip(stop)))
            }
            guard let next, !chain.contains(next), chain.count <= options.maxRedirects ?? 0 else {
                let way = RedirectPolicy.text(of: chain.map { urls[$0].url } + [target])
                let isLoop = next.map(chain.contains) ?? false
                let what = isLoop ? "the redirects are a loop" : "more than \(options.maxRedirects ?? 0) redirects"
                let fault = CheckVerdict.Fault(
                    kind: FetchError.Kind.tooManyRedirects.rawValue, message: "\(what): \(way)")
                return ChainEnd(chain: chain, verdict: .broken(fault))
            }
            chain.append(next)
        }
    }
}
