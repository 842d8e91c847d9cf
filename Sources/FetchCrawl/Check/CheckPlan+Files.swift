import FetchHTML
import FetchHTTP
import FetchSystem

/// A file that is read: for its links, for what fragments may name, or for both.
struct CheckedFile: Sendable {
    /// The index of its page; nil if its links are not checked.
    var page: Int?
    /// What a fragment may name; nil while it is not known.
    var anchors: Set<String>?
    /// Whether it could not be read.
    var isUnreadable = false
    /// The links that wait for it.
    var uses: [LinkUse] = []
}

/// Files: documents, and what links lead to.
extension CheckPlan {
    /// Queues a document.
    mutating func add(_ document: DocumentFinder.Document) {
        guard files[document.path] == nil else { return }
        files[document.path] = CheckedFile(page: pages.count)
        pages.append(CheckedPage(document: ByteText.shown(document.path), isFile: true))
        ready.append(.file(document.path, document.format))
    }

    /// Judges a link to a file, or lets it wait until the file is read.
    mutating func link(_ use: LinkUse, to path: String, _ answer: LocalFile.Answer?) {
        var target = path
        switch answer {
        case .missing(let nearest)?:
            let advice = nearest.map { "; did you mean \(ByteText.shown($0))?" } ?? ""
            return fail(use, .init(kind: "file-missing", message: "no such file or directory\(advice)"))
        case .unreadable(let reason)?: return fail(use, .init(kind: "file-missing", message: reason))
        case .folder(nil)?:
            return fail(use, .init(kind: "file-missing", message: "the folder has no index file"))
        case .folder(let index?)?: target = index
        case .file?, nil: break
        }
        guard options.checksFragments, let fragment = use.fragment, !fragment.isEmpty,
            let format = DocumentFormat(fileName: target), format == .html || format == .markdown
        else { return sound(use) }
        guard let file = files[target] else {
            files[target] = CheckedFile(uses: [use])
            ready.append(.file(target, format))
            return
        }
        if file.isUnreadable { return sound(use) }
        if let anchors = file.anchors { return judgeFragment(use, anchors) }
        files[target]?.uses.append(use)
    }

    /// Receives a file.
    mutating func read(_ path: String, _ result: Result<ReadDocument, InputFailure>) {
        inFlight -= 1
        guard var file = files[path] else { return }
        let uses = file.uses
        file.uses = []
        switch result {
        case .success(let document):
            file.anchors = document.anchors
            files[path] = file
            for use in uses { judgeFragment(use, document.anchors) }
            if let page = file.page { add(document.links, of: page, anchors: document.anchors, depth: -1) }
        case .failure(let error):
            file.isUnreadable = true
            files[path] = file
            report(error.message)
            for use in uses { sound(use) }
            if let page = file.page { pages[page].isRead = true }
        }
    }
}
