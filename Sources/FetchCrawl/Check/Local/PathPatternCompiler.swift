import FetchSystem

/// Makes the automaton of a ``PathPattern``.
struct PathPatternCompiler {
    private let pattern: String
    private let text: [Unicode.Scalar]
    private let hasBraces: Bool
    private var index = 0
    private var steps: [PathPattern.Step] = []
    /// How many braces are open.
    private var depth = 0

    init(_ text: String, hasBraces: Bool) {
        pattern = text
        self.text = Array(text.unicodeScalars)
        self.hasBraces = hasBraces
    }

    mutating func compile(isAnchored: Bool) throws(ParseFailure) -> [PathPattern.Step] {
        guard !text.isEmpty else { throw ParseFailure("an empty pattern fits no path") }
        guard text.count <= PathPattern.maximumLength else {
            throw ParseFailure("a pattern has at most \(PathPattern.maximumLength) characters")
        }
        if !isAnchored, !text.contains("/") { appendAnyParts() }
        try parse()
        guard index == text.count else { throw failure("has a } without {") }
        steps.append(.match)
        return steps
    }

    /// Parses up to the end, or in braces up to a comma or a brace.
    private mutating func parse() throws(ParseFailure) {
        while index < text.count {
            let scalar = text[index]
            switch scalar {
            case "*": parseStars()
            case "?": append(.anyInPart)
            case "[": try parseSet()
            case "\\" where index + 1 < text.count:
                index += 1
                append(.character(text[index]))
            case "{" where hasBraces: try parseBraces()
            case "}" where hasBraces, "," where depth > 0: return
            default: append(.character(scalar))
            }
        }
    }

    private mutating func append(_ step: PathPattern.Step) {
        steps.append(step)
        index += 1
    }

    /// Appends a step that repeats, not at all too.
    private mutating func appendRepeated(_ step: PathPattern.Step) {
        let fork = steps.count
        steps += [.fork([fork + 1, fork + 3]), step, .fork([fork])]
    }

    /// Appends any number of whole parts, each with its slash.
    private mutating func appendAnyParts() {
        let fork = steps.count
        steps.append(.fork([]))
        appendRepeated(.any)
        steps.append(.character("/"))
        steps[fork] = .fork([fork + 1, steps.count])
    }

    private mutating func parseStars() {
        let start = index
        while index < text.count, text[index] == "*" { index += 1 }
        let startsPart = start == 0 || text[start - 1] == "/" || text[start - 1] == "{" || text[start - 1] == ","
        guard index - start == 2, startsPart else { return appendRepeated(.anyInPart) }
        if index == text.count {
            // All that is inside, but not the folder itself.
            steps.append(.any)
            appendRepeated(.any)
        } else if text[index] == "/" {
            index += 1
            appendAnyParts()
        } else {
            appendRepeated(.anyInPart)
        }
    }

    private mutating func parseSet() throws(ParseFailure) {
        var next = index + 1
        var isNegated = false
        if next < text.count, text[next] == "!" || text[next] == "^" {
            isNegated = true
            next += 1
        }
        var ranges: [ClosedRange<UInt32>] = []
        let first = next
        // A bracket at the beginning stands for itself.
        while next < text.count, text[next] != "]" || next == first {
            let low = character(&next)
            guard next + 1 < text.count, text[next] == "-", text[next + 1] != "]" else {
                ranges.append(low...low)
                continue
            }
            next += 1
            let high = character(&next)
            guard low <= high else { throw failure("has a range whose end is before its start") }
            ranges.append(low...high)
        }
        guard next < text.count else { throw failure("has a [ without ]") }
        steps.append(.set(ranges, isNegated: isNegated))
        index = next + 1
    }

    private func character(_ next: inout Int) -> UInt32 {
        if text[next] == "\\", next + 1 < text.count { next += 1 }
        next += 1
        return text[next - 1].value
    }

    private mutating func parseBraces() throws(ParseFailure) {
        guard depth < 16 else { throw failure("has more than 16 braces in each other") }
        depth += 1
        index += 1
        let fork = steps.count
        steps.append(.fork([]))
        var starts: [Int] = []
        var ends: [Int] = []
        while true {
            starts.append(steps.count)
            try parse()
            guard index < text.count else { throw failure("has a { without }") }
            ends.append(steps.count)
            steps.append(.fork([]))
            index += 1
            if text[index - 1] == "}" { break }
        }
        steps[fork] = .fork(starts)
        for end in ends { steps[end] = .fork([steps.count]) }
        depth -= 1
    }

    private func failure(_ reason: String) -> ParseFailure {
        ParseFailure("the pattern \(ParseFailure.quoted(pattern)) \(reason)")
    }
}
