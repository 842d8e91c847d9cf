import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import FetchTransport

/// `--dry-run` and `--curl`: writes the requests without secrets and sends nothing.
struct DryRun {
    private let output: OutputOptions
    private let console: Console
    private var planned: PlannedRequest
    private var names: PlannedNames?
    private var curl: CurlCommand?

    /// Makes the plan of a command.
    ///
    /// - Parameter isMirror: Whether saved files are the pages of a crawl.
    init(_ options: RunOptions, _ output: OutputOptions, _ console: Console, isMirror: Bool = false) throws {
        self.output = output
        self.console = console
        planned = PlannedRequest(secretFields: try options.credentials.ruleNames())
        if output.savesBodies {
            let isOwn = isMirror && output.saving.filenameTemplate == nil
            let template = try isOwn ? FileNameTemplate(BodyFolder.mirrorTemplate) : output.saving.template()
            names = PlannedNames(template: template, isMirror: isMirror)
        }
        if output.tracing.curl { curl = try CurlPlan(options, output).command(console) }
    }

    /// Writes each input's request: as text, as JSON with `--json` and `--jsonl`, or as a command of curl.
    func run(_ source: any InputSource) async throws -> ExitStatus {
        var writer = self
        return try await writer.write(source)
    }

    private mutating func write(_ source: any InputSource) async throws -> ExitStatus {
        var status = ExitStatus.success
        var isFirst = true
        var count = 0
        let isArray = curl == nil && output.chosenFormat == .json
        do throws(OutputFailure) {
            while let chunk = await source.next() {
                var bytes: [UInt8] = []
                for input in chunk {
                    if case .failure(let error) = input.request {
                        console.say("fetchall: \(error.message)")
                        status = .failed
                        continue
                    }
                    if isArray { bytes += Array((isFirst ? "[\n" : ",\n").utf8) }
                    isFirst = false
                    count += 1
                    append(input, to: &bytes)
                }
                try console.write(bytes)
            }
            // Input that is not a list gets no document.
            if isArray, !isFirst || source.failure == nil {
                try console.write(Array((isFirst ? "[\n]\n" : "\n]\n").utf8))
            }
        } catch {
            if case .failed(let reason) = error {
                console.say("fetchall: cannot write standard output: \(reason)")
                return .io
            }
        }
        if output.summary { console.say("\(count) \(count == 1 ? "request" : "requests") planned, nothing was sent") }
        if let failure = source.failure {
            console.say("fetchall: \(failure)")
            return .usage
        }
        sayVariables()
        sayLeftOut()
        return status
    }

    private mutating func append(_ input: Input, to bytes: inout [UInt8]) {
        guard case .success(let request) = input.request else { return }
        if curl != nil {
            let file = file(of: input, request, orTemplate: false)
            curl?.append(request, file: file, to: &bytes)
            return
        }
        switch output.chosenFormat {
        case .json: planned.appendJSON(input, to: &bytes)
        case .jsonl:
            planned.appendJSON(input, to: &bytes)
            bytes.append(0x0A)
        default:
            for line in planned.lines(input, file: file(of: input, request, orTemplate: true)) {
                bytes += Array((TerminalText.escaped(line) + "\n").utf8)
            }
        }
    }

    /// The path of the file that the body of a request would be saved to; nil if it is not saved.
    ///
    /// - Parameter orTemplate: Whether the template stands for a name that the body determines.
    private mutating func file(of input: Input, _ request: Request, orTemplate: Bool) -> String? {
        guard names != nil, let directory = output.saving.directory, request.method != "HEAD" else { return nil }
        let name = names?.name(for: input, request.url) ?? (orTemplate ? output.saving.filenameTemplate : nil)
        return name.map { directory == "." ? $0 : "\(directory)/\($0)" }
    }

    /// Tells what the plan lacks, which is a list that could be given back.
    private func sayLeftOut() {
        guard !output.quiet else { return }
        if !planned.leftOut.isEmpty {
            let names = planned.leftOut.sorted().map { TerminalText.escaped($0) }.joined(separator: ", ")
            console.say("fetchall: fields left out: \(names); give them again")
        }
        if planned.hidesSecrets { console.say("fetchall: URLs with *** do not work as input; write their secrets") }
    }

    /// Tells which variables the commands need.
    private func sayVariables() {
        if let fields = curl?.unfollowed, !fields.isEmpty {
            console.say(
                "fetchall: without -L, which would send \(fields.sorted().joined(separator: ", ")) to other hosts too")
        }
        if let methods = curl?.repeated, !methods.isEmpty {
            console.say(
                "fetchall: without -L, with which curl would repeat \(methods.sorted().joined(separator: ", ")) after a redirect"
            )
        }
        guard let curl, !curl.variables.isEmpty else { return }
        let variables = curl.variables
        let text = variables.prefix(8).map { "\($0.name) (\(curl.meaning(of: $0)))" }.joined(separator: ", ")
        let others = variables.count > 8 ? " and \(variables.count - 8) others" : ""
        console.say("fetchall: the commands contain no secrets; before you run them, set \(text)\(others)")
    }
}
