import FetchSystem

/// Compiles a parsed expression after Thompson: one state for each byte and branch.
struct URLPatternCompiler {
    /// The action of the machine in one state.
    enum Instruction: Sendable {
        case byte(ByteClass)
        case split(Int, Int)
        case jump(Int)
        case assert(Assertion)
        case match
    }

    /// A condition on the position between two bytes.
    enum Assertion: Sendable { case start, end, boundary, noBoundary }

    /// A part of an expression.
    indirect enum Node {
        case byte(ByteClass)
        case assert(Assertion)
        case sequence([Node])
        case alternatives([Node])
        case repetition(Node, minimum: Int, maximum: Int?)
    }

    /// The maximum number of states, which bounds the time for each byte of a URL.
    static let maximumStates = 2_000

    private var program: [Instruction] = []

    static func compile(_ text: String) throws(ParseFailure) -> [Instruction] {
        let node = try URLPatternParser.parse(text)
        var compiler = URLPatternCompiler()
        guard compiler.append(node) else {
            throw ParseFailure(
                "the pattern \(ParseFailure.quoted(text)) is too large: its repetitions make too many states")
        }
        return compiler.program + [.match]
    }

    /// Appends the code of a node; false if the program becomes too large.
    private mutating func append(_ node: Node) -> Bool {
        guard program.count < Self.maximumStates else { return false }
        switch node {
        case .byte(let set): program.append(.byte(set))
        case .assert(let assertion): program.append(.assert(assertion))
        case .sequence(let nodes): for node in nodes where !append(node) { return false }
        case .alternatives(let nodes): return appendAlternatives(nodes)
        case .repetition(let node, let minimum, let maximum): return appendRepetition(node, minimum, maximum)
        }
        return true
    }

    private mutating func appendAlternatives(_ nodes: [Node]) -> Bool {
        var ends: [Int] = []
        for (number, node) in nodes.enumerated() {
            guard number < nodes.count - 1 else {
                guard append(node) else { return false }
                continue
            }
            let branch = reserve()
            guard append(node) else { return false }
            ends.append(reserve())
            program[branch] = .split(branch + 1, program.count)
        }
        for end in ends { program[end] = .jump(program.count) }
        return true
    }

    private mutating func appendRepetition(_ node: Node, _ minimum: Int, _ maximum: Int?) -> Bool {
        for _ in 0..<minimum where !append(node) { return false }
        guard let maximum else {
            let loop = reserve()
            guard append(node) else { return false }
            program.append(.jump(loop))
            program[loop] = .split(loop + 1, program.count)
            return true
        }
        var branches: [Int] = []
        for _ in minimum..<max(minimum, maximum) {
            branches.append(reserve())
            guard append(node) else { return false }
        }
        for branch in branches { program[branch] = .split(branch + 1, program.count) }
        return true
    }

    /// A placeholder for a jump target that is not known yet.
    private mutating func reserve() -> Int {
        program.append(.match)
        return program.count - 1
    }
}
