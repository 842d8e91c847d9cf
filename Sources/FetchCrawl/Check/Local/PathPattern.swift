package import FetchSystem

/// A glob for paths: `*` and `?` within a part of a path, `**` for any parts, `[a-z]`, `[!a]`, `{a,b}`, `\` before a
/// character that stands for itself.
///
/// A path is matched in time proportional to the length of the path times that of the pattern.
package struct PathPattern: Sendable, Hashable {
    /// A step of the automaton.
    enum Step: Sendable, Hashable {
        /// This character.
        case character(Unicode.Scalar)
        /// Any character but `/`.
        case anyInPart
        /// Any character.
        case any
        /// A character of the ranges, or outside of them, but not `/`.
        case set([ClosedRange<UInt32>], isNegated: Bool)
        /// Goes on at each of these steps.
        case fork([Int])
        case match
    }

    /// The maximum length in characters.
    static let maximumLength = 4096

    private let steps: [Step]

    /// Compiles a pattern.
    ///
    /// - Parameters:
    ///   - text: The pattern.
    ///   - isAnchored: Whether a pattern without `/` must fit the whole path; otherwise it may fit its last part.
    ///   - hasBraces: Whether braces enclose alternatives.
    /// - Throws: ``ParseFailure`` for a pattern that is not valid.
    package init(_ text: String, isAnchored: Bool = false, hasBraces: Bool = true) throws(ParseFailure) {
        var compiler = PathPatternCompiler(text, hasBraces: hasBraces)
        steps = try compiler.compile(isAnchored: isAnchored)
    }

    /// Whether a text contains a character that makes it a pattern.
    package static func isPattern(_ text: String) -> Bool { text.utf8.contains { "*?[{".utf8.contains($0) } }

    /// Whether the pattern fits the whole path: its parts separated by `/`, without one at its ends.
    package func matches(_ path: some StringProtocol) -> Bool {
        var current = Threads(steps.count)
        var next = Threads(steps.count)
        current.add(0, steps)
        for scalar in path.unicodeScalars {
            guard !current.indices.isEmpty else { return false }
            next.removeAll()
            for index in current.indices where Self.accepts(steps[index], scalar) { next.add(index + 1, steps) }
            swap(&current, &next)
        }
        return current.indices.contains { steps[$0] == .match }
    }

    private static func accepts(_ step: Step, _ scalar: Unicode.Scalar) -> Bool {
        switch step {
        case .character(let wanted): scalar == wanted
        case .any: true
        case .anyInPart: scalar != "/"
        case .set(let ranges, let isNegated):
            scalar != "/" && ranges.contains { $0.contains(scalar.value) } != isNegated
        case .fork, .match: false
        }
    }

    /// The steps at which a match may go on, each once.
    private struct Threads {
        private(set) var indices: [Int] = []
        private var isIn: [Bool]
        private var touched: [Int] = []

        init(_ count: Int) { isIn = [Bool](repeating: false, count: count) }

        mutating func removeAll() {
            for index in touched { isIn[index] = false }
            touched.removeAll(keepingCapacity: true)
            indices.removeAll(keepingCapacity: true)
        }

        mutating func add(_ start: Int, _ steps: [Step]) {
            var pending = [start]
            while let index = pending.popLast() {
                guard !isIn[index] else { continue }
                isIn[index] = true
                touched.append(index)
                if case .fork(let targets) = steps[index] {
                    pending += targets
                } else {
                    indices.append(index)
                }
            }
        }
    }
}
