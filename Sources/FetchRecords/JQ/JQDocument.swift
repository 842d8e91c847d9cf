package import FetchSystem

/// A JSON document that is passed through a jq program: one line for each output, with strings as they are, as gh and
/// `jq -r` write them.
package struct JQDocument: Sendable {
    /// JSON that the program has not processed yet.
    package var bytes: [UInt8] = []
    private let program: JQProgram
    private let isLineWise: Bool
    private var problems: [String] = []

    /// Makes an empty document.
    ///
    /// - Parameters:
    ///   - text: The program.
    ///   - isLineWise: Whether each line is a document, and the program runs on it as it comes; otherwise it runs once,
    ///     on all of it, which is in memory until then.
    package init(_ text: String, isLineWise: Bool) {
        program = JQProgram(text)
        self.isLineWise = isLineWise
    }

    /// Compiles the program on the thread that runs it.
    package func prepare() throws(InputFailure) { try program.compile() }

    /// Runs the program on the complete lines.
    package mutating func runOnLines(into out: inout [UInt8]) {
        guard isLineWise, !bytes.isEmpty else { return }
        for line in bytes.split(separator: 0x0A) { run(line, into: &out) }
        bytes.removeAll(keepingCapacity: true)
    }

    /// Runs the program on the rest, and ends it.
    package mutating func finish(into out: inout [UInt8]) {
        runOnLines(into: &out)
        if !isLineWise { run(bytes[...], into: &out) }
        program.close()
    }

    /// The errors that jq reported since the last call.
    package mutating func takeProblems() -> [String] {
        defer { problems = [] }
        return problems
    }

    private mutating func run(_ json: ArraySlice<UInt8>, into out: inout [UInt8]) {
        do throws(InputFailure) {
            for output in try program.run(json) {
                out.append(contentsOf: output.string ?? output.json)
                out.append(0x0A)
            }
        } catch {
            problems.append("jq: \(error.message)")
        }
    }
}
