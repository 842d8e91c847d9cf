package import FetchHTTP

/// The names that files of a run would get, without a directory: for a run that is only planned.
package struct PlannedNames: Sendable {
    private let template: FileNameTemplate
    private var names = NameRegistry()

    /// Makes a planner for one run.
    package init(template: FileNameTemplate) { self.template = template }

    /// The name of the next input's file, relative to the directory; nil if its content determines it.
    package mutating func name(for input: Input, _ url: FetchURL) -> String? {
        template.needsDigest ? nil : names.claim(template.name(for: input, url: url), index: input.index)
    }
}
