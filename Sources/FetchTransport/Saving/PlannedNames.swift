package import FetchHTTP

/// The names that files of a run would get, without a directory: for a run that is only planned.
package struct PlannedNames: Sendable {
    private let template: FileNameTemplate
    private let isMirror: Bool
    private var names = NameRegistry()

    /// Makes a planner for one run.
    ///
    /// - Parameter isMirror: Whether the files are the pages of a crawl.
    package init(template: FileNameTemplate, isMirror: Bool = false) {
        self.template = template
        self.isMirror = isMirror
    }

    /// The name of the next input's file, relative to the directory; nil if its content determines it.
    package mutating func name(for input: Input, _ url: FetchURL) -> String? {
        guard !template.needsDigest else { return nil }
        let url = isMirror ? BodyFolder.mirrored(url) : url
        return names.claim(template.name(for: input, url: url), index: input.index)
    }
}
