/// What a jq program makes of the document of another formatter: a line for each output, strings as they are, as gh and
/// `jq -r` write them.
public struct JQFormatter: Formatter {
    private var inner: any Formatter
    private let program: JQProgram
    private let isLineWise: Bool
    private var document: [UInt8] = []
    private var problems: [String] = []

    /// Makes a formatter.
    ///
    /// - Parameters:
    ///   - text: The program.
    ///   - inner: What makes the JSON.
    ///   - isLineWise: Whether each line is a document, and the program runs on it as it comes; otherwise it runs once,
    ///     on all of it, which is in memory until then.
    public init(_ text: String, on inner: any Formatter, isLineWise: Bool) {
        program = JQProgram(text)
        self.inner = inner
        self.isLineWise = isLineWise
    }

    /// Compiles the program.
    public mutating func prepare() throws(InputFailure) { try program.compile() }

    /// Appends what stands before the first record.
    public mutating func begin(into out: inout [UInt8]) {
        inner.begin(into: &document)
        runOnLines(into: &out)
    }

    /// Appends one record.
    public mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        inner.append(outcome, into: &document)
        runOnLines(into: &out)
    }

    /// Appends what stands after the last record.
    public mutating func end(into out: inout [UInt8]) {
        inner.end(into: &document)
        runOnLines(into: &out)
        if !isLineWise { run(document[...], into: &out) }
        program.close()
    }

    /// What jq said against documents since the last call.
    public mutating func takeProblems() -> [String] {
        defer { problems = [] }
        return problems
    }

    private mutating func runOnLines(into out: inout [UInt8]) {
        guard isLineWise, !document.isEmpty else { return }
        for line in document.split(separator: 0x0A) { run(line, into: &out) }
        document.removeAll(keepingCapacity: true)
    }

    private mutating func run(_ json: ArraySlice<UInt8>, into out: inout [UInt8]) {
        do throws(JQProgram.Failure) {
            for output in try program.run(json) {
                out.append(contentsOf: output.string ?? output.json)
                out.append(0x0A)
            }
        } catch {
            problems.append("jq: \(error.message)")
        }
    }
}
