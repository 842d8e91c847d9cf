package import FetchSystem

/// A regular expression for URLs, which matches anywhere in them unless it is anchored.
///
/// Extended expressions as in `grep -E`, with `\d \w \s \b`, `(?:…)`, `(?i)` at the start and lazy quantifiers as in
/// Perl, but without back-references and look-around. It is an implementation of our own: the user's expression is
/// matched against foreign pages, and this one takes time linear in the URL for every expression (glibc's takes
/// exponential time for some, and reads `\d` as a `d`).
package struct URLPattern: Sendable {
    /// The text of the expression.
    let text: String
    private let program: [URLPatternCompiler.Instruction]

    /// The number of states, each of which may cost time for each byte of a URL.
    package var cost: Int { program.count }
    /// The bytes that a match can begin with; nil if it can begin with any byte, or be empty.
    private let first: ByteClass?

    /// Compiles an expression.
    ///
    /// - Throws: What is wrong with it, and where.
    package init(_ text: String) throws(ParseFailure) {
        self.text = text
        program = try URLPatternCompiler.compile(text)
        first = Self.firstBytes(of: program)
    }

    /// Whether it matches somewhere in the text.
    package func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var current = StateSet(capacity: program.count)
            var next = StateSet(capacity: program.count)
            for index in 0...bytes.count {
                let byte = index < bytes.count ? bytes[index] : nil
                if current.isEmpty, let first {
                    guard let byte else { return false }
                    if !first.contains(byte) { continue }
                }
                let here = Neighbours(index > 0 ? bytes[index - 1] : nil, byte)
                if add(0, to: &current, between: here) { return true }
                guard let byte else { return false }
                let after = Neighbours(byte, index + 1 < bytes.count ? bytes[index + 1] : nil)
                for state in current.states {
                    guard case .byte(let set) = program[state], set.contains(byte) else { continue }
                    if add(state + 1, to: &next, between: after) { return true }
                }
                swap(&current, &next)
                next.removeAll()
            }
            return false
        }
    }

    /// Adds a state and all states that are reached from it without a byte; true if one is the end.
    private func add(_ state: Int, to set: inout StateSet, between neighbours: Neighbours) -> Bool {
        set.pending.append(state)
        while let state = set.pending.popLast() {
            guard set.insert(state) else { continue }
            switch program[state] {
            case .match:
                set.pending.removeAll(keepingCapacity: true)
                return true
            case .byte: set.states.append(state)
            case .jump(let target): set.pending.append(target)
            case .split(let one, let other):
                set.pending.append(other)
                set.pending.append(one)
            case .assert(let assertion): if neighbours.satisfies(assertion) { set.pending.append(state + 1) }
            }
        }
        return false
    }

    private static func firstBytes(of program: [URLPatternCompiler.Instruction]) -> ByteClass? {
        var result = ByteClass()
        var pending = [0]
        var seen: Set<Int> = []
        while let state = pending.popLast() {
            guard seen.insert(state).inserted else { continue }
            switch program[state] {
            case .match, .assert: return nil
            case .byte(let set): result.formUnion(set)
            case .jump(let target): pending.append(target)
            case .split(let one, let other): pending += [one, other]
            }
        }
        return result
    }

    /// The states of the machine at one byte.
    private struct StateSet {
        var states: [Int] = []
        var pending: [Int] = []
        private var marks: [UInt32]
        private var mark: UInt32 = 1

        init(capacity: Int) { marks = Array(repeating: 0, count: capacity) }

        var isEmpty: Bool { states.isEmpty }

        mutating func insert(_ state: Int) -> Bool {
            guard marks[state] != mark else { return false }
            marks[state] = mark
            return true
        }

        mutating func removeAll() {
            states.removeAll(keepingCapacity: true)
            mark += 1
        }
    }

    /// The bytes before and behind a position.
    private struct Neighbours {
        let before: UInt8?
        let behind: UInt8?

        init(_ before: UInt8?, _ behind: UInt8?) {
            self.before = before
            self.behind = behind
        }

        func satisfies(_ assertion: URLPatternCompiler.Assertion) -> Bool {
            switch assertion {
            case .start: before == nil
            case .end: behind == nil
            case .boundary: isWord(before) != isWord(behind)
            case .noBoundary: isWord(before) == isWord(behind)
            }
        }

        private func isWord(_ byte: UInt8?) -> Bool { byte.map(ByteClass.word.contains) ?? false }
    }
}
