import FetchHTML
import FetchHTTP
import FetchScheduling
import FetchSystem
import DequeModule

/// URLs: which are asked, and what their answers mean.
extension CheckPlan {
    /// Adds a link to a URL, or judges it if the verdict is known.
    mutating func link(_ use: LinkUse, to url: FetchURL, depth: Int, isSeed: Bool = false) {
        let id = node(for: url, depth: depth + 1, isSeed: isSeed)
        if urls[id].state == .closed, let end = end(of: id) { return judge(use, id, end) }
        urls[id].uses.append(use)
    }

    /// The index of a URL, which is queued if it is new.
    mutating func node(for url: FetchURL, depth: Int, isSeed: Bool = false) -> Int {
        let plain = url.plain
        if let id = indices[plain.href] { return id }
        if isSeed { scope.insert(plain) }
        let id = urls.count
        indices[plain.href] = id
        let isNear = scope.verdict(for: plain) == .inside && !options.seeds.isEmpty
        let isPage = isNear && depth <= options.maxDepth ?? .max
        urls.append(CheckedURL(plain, depth: depth, isPage: isPage, isFollowed: isNear, isSeed: isSeed))
        if options.isOffline || options.onlyLists {
            close(id, .skipped(.offline))
        } else if isPage, pageCount >= options.maxPages {
            close(id, .skipped(.budget))
        } else {
            if isPage { pageCount += 1 }
            ready.append(.url(id, method(for: id)))
        }
        return id
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
        if method == .head, stop == nil, CheckVerdict.needsGET(outcome) {
            ready.prepend(.url(id, .get))
            return
        }
        if case .sound = verdict, method == .page, let response = outcome.response,
            case .bytes(let body) = response.body, CheckMethod.page.bodies.wants(response.headers.contentType)
        {
            urls[id].state = .reading
            urls[id].verdict = verdict
            act(.scan(id: id, urls[id].url, body: body, contentType: response.headers.contentType))
            return
        }
        close(id, verdict)
    }

    mutating func scanned(_ id: Int, _ result: Result<ReadDocument, InputFailure>) {
        inFlight -= 1
        switch result {
        case .failure(let error): report(error.message)
        case .success(let document):
            // Of a page that is too large, only the beginning was read.
            urls[id].anchors = urls[id].outcome?.error == nil ? document.anchors : nil
            if urls[id].isPage {
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
        if case .redirect(let target, _) = verdict, stop == nil {
            let next = node(for: target, depth: urls[id].depth, isSeed: urls[id].isSeed)
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
            guard let next = indices[target.plain.href] else {
                return ChainEnd(chain: chain, verdict: .skipped(CheckSkip(stop ?? .interrupted)))
            }
            let isLoop = chain.contains(next)
            guard !isLoop, chain.count <= options.maxRedirects ?? 0 else {
                let way = RedirectPolicy.text(of: (chain + [next]).map { urls[$0].url })
                let what = isLoop ? "the redirects are a loop" : "more than \(options.maxRedirects ?? 0) redirects"
                let fault = CheckVerdict.Fault(
                    kind: FetchError.Kind.tooManyRedirects.rawValue, message: "\(what): \(way)")
                return ChainEnd(chain: chain, verdict: .broken(fault))
            }
            chain.append(next)
        }
    }
}
