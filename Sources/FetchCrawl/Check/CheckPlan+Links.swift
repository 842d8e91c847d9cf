import FetchHTML
import FetchHTTP
import FetchSystem

/// Links: what becomes of each.
extension CheckPlan {
    /// Adds the links of a page or document that was read.
    ///
    /// - Parameter anchors: What a fragment may name on the page; nil if that is not known.
    mutating func add(_ links: [ReadDocument.FoundLink], of page: Int, anchors: Set<String>?, depth: Int) {
        count { $0.pages += 1 }
        for found in links {
            pages[page].pending += 1
            let link = found.link
            var use = LinkUse(
                page: page, text: link.text, line: link.line, column: link.column,
                target: .written(link.target), isPage: link.isPage)
            // Of an image, a script or a style the URL must not be empty (WHATWG HTML §4.8.3, §4.2.4).
            if !link.isPage, link.target.utf8.allSatisfy({ $0 <= 0x20 }) {
                fail(use, CheckVerdict.Fault(kind: "malformed", message: "the URL is empty"))
                continue
            }
            switch found.target {
            case .url(let url, let fragment):
                use.fragment = fragment
                use.target = .url(url)
                if isExcluded(url.requestString), !scope.isSeed(url) {
                    skip(use, .excluded)
                } else {
                    self.link(use, to: url, depth: depth)
                }
            case .file(let path, let fragment):
                use.fragment = fragment
                use.target = .path(path)
                if isExcluded(path) { skip(use, .excluded) } else { self.link(use, to: path, found.file) }
            case .fragment(let fragment):
                use.fragment = fragment
                judgeFragment(use, anchors)
            case .mail(let problem?): fail(use, CheckVerdict.Fault(kind: "mail-invalid", message: problem))
            case .mail(nil): sound(use)
            case .other: skip(use, .scheme)
            case .malformed(let reason): fail(use, CheckVerdict.Fault(kind: "malformed", message: reason))
            case .unresolvable(let reason): skip(use, .base, reason)
            }
        }
        pages[page].isRead = true
        writeIfComplete(page)
    }

    /// Whether the patterns leave a link out.
    private mutating func isExcluded(_ text: @autoclosure () -> String) -> Bool {
        if options.exclude.isEmpty, options.include.isEmpty { return false }
        let text = text()
        if let known = exclusions[text] { return known }
        let isExcluded =
            options.exclude.contains { $0.matches(text) }
            || !options.include.isEmpty && !options.include.contains { $0.matches(text) }
        exclusions[text] = isExcluded
        return isExcluded
    }

    // MARK: Verdicts

    /// Judges a link to a URL whose chain has ended.
    mutating func judge(_ use: LinkUse, _ first: Int, _ end: ChainEnd) {
        switch end.verdict {
        case .broken(let fault): fail(use, fault, outcome(of: end))
        case .skipped(let reason): skip(use, reason)
        case .sound, .redirect:
            let last = end.chain[end.chain.count - 1]
            var warnings: [CheckVerdict.Fault] = []
            if end.isPermanent, !use.isSeed {
                let fragment = use.fragment.map { "#" + $0 } ?? ""
                warnings.append(
                    .init(
                        kind: "redirected-permanently",
                        message: "moved permanently to \(urls[last].url.redacted)\(fragment)"))
            }
            if options.warnsOfHTTP, !use.isSeed, urls[first].url.scheme == .http {
                warnings.append(.init(kind: "insecure", message: "the link is http, not https"))
            }
            let fault = fragmentFault(use, urls[last].anchors)
            // Nearly all links are sound, and need no record.
            guard fault != nil || !warnings.isEmpty else { return sound(use) }
            let outcome = outcome(of: end)
            if let fault { fail(use, fault, outcome) } else { sound(use, warnings, outcome) }
        }
    }

    /// Judges the fragment of a link to a document that was read.
    ///
    /// - Parameter anchors: What a fragment may name; nil if that is not known.
    mutating func judgeFragment(_ use: LinkUse, _ anchors: Set<String>?) {
        if let fault = fragmentFault(use, anchors) { fail(use, fault) } else { sound(use) }
    }

    /// What is wrong with the fragment of a link; nil if nothing is, or it is not judged.
    private func fragmentFault(_ use: LinkUse, _ anchors: Set<String>?) -> CheckVerdict.Fault? {
        guard options.checksFragments, let fragment = use.fragment, let anchors,
            !FragmentRule.isFound(fragment, in: anchors)
        else { return nil }
        let shown = TerminalText.fit(FragmentRule.withoutDirective(fragment), to: 100)
        return .init(kind: "fragment-missing", message: "the document has no anchor '\(shown)'")
    }

    /// The outcome of a chain as that of its first URL.
    private func outcome(of end: ChainEnd) -> Outcome? {
        guard var outcome = end.chain.reversed().lazy.compactMap({ urls[$0].outcome }).first else { return nil }
        guard end.chain.count > 1, let first = urls[end.chain[0]].outcome else { return outcome }
        let earlier = end.chain.dropLast().reduce(Duration.zero) { $0 + (urls[$1].outcome?.timing?.total ?? .zero) }
        outcome.input = first.input
        outcome.startedAt = first.startedAt
        outcome.redirects = end.chain.count - 1
        outcome.effectiveURL = urls[end.chain[end.chain.count - 1]].url
        outcome.timing = outcome.timing?.shifted(by: earlier)
        return outcome
    }

    // MARK: Findings

    /// Counts a link that is sound.
    mutating func sound(_ use: LinkUse, _ warnings: [CheckVerdict.Fault] = [], _ outcome: Outcome? = nil) {
        if !use.isSeed || !warnings.isEmpty {
            let isStrict = options.isStrict
            count {
                $0.links += 1
                if warnings.isEmpty || !isStrict { $0.ok += 1 } else { $0.broken += 1 }
                if !warnings.isEmpty, !isStrict { $0.warnings += 1 }
            }
        }
        for warning in warnings {
            find(use, warning.kind, options.isStrict ? .error : .warning, warning.message, outcome)
        }
        judged(use.page)
    }

    /// Counts a link that is broken.
    mutating func fail(_ use: LinkUse, _ fault: CheckVerdict.Fault, _ outcome: Outcome? = nil) {
        count {
            $0.links += 1
            $0.broken += 1
            if use.isSeed, [401, 407].contains(outcome?.response?.status) { $0.unauthorizedSources += 1 }
        }
        find(use, fault.kind, .error, fault.message, outcome)
        judged(use.page)
    }

    /// Counts a link that was not checked.
    mutating func skip(_ use: LinkUse, _ reason: CheckSkip, _ message: String? = nil) {
        count {
            $0.links += 1
            $0.skipped[reason, default: 0] += 1
        }
        if use.isSeed, stop == nil { notice("\(use.shown) is \(message ?? reason.message)") }
        if options.showsSkipped { find(use, reason.slug, .skipped, message ?? reason.message, nil) }
        judged(use.page)
    }

    private mutating func find(
        _ use: LinkUse, _ kind: String, _ severity: Finding.Severity, _ message: String, _ outcome: Outcome?
    ) {
        let page = pages[use.page]
        let location = Finding.Location(
            document: page.document, isFile: page.isFile, line: use.line, column: use.column)
        pages[use.page].findings.append(
            Finding(
                location: location, text: Self.withoutCredentials(use.text), target: use.shown, kind: kind,
                severity: severity,
                message: message, outcome: outcome))
    }

    /// The text of a link is often its URL.
    private static func withoutCredentials(_ text: String) -> String {
        text.contains(text: "//") ? PrintableURL.hidingCredentials(in: text) : text
    }

    private mutating func judged(_ page: Int) {
        pages[page].pending -= 1
        writeIfComplete(page)
    }

    private mutating func writeIfComplete(_ page: Int) {
        if pages[page].isRead, pages[page].pending == 0, !pages[page].findings.isEmpty { write(page) }
    }
}
