import FetchHTTP
import FetchRecords

/// `--dry-run`: writes the requests without secrets and sends nothing.
struct DryRun {
    let output: OutputOptions
    let console: Console

    /// Writes a line for each input: `GET https://…`, or a request as JSON with `--json` and `--jsonl`.
    func run(_ source: any InputSource) async throws -> ExitStatus {
        var status = ExitStatus.success
        var isFirst = true
        let isArray = output.chosenFormat == .json
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
                    PlannedRequest.append(input, asJSON: isArray || output.chosenFormat == .jsonl, to: &bytes)
                    if !isArray { bytes.append(0x0A) }
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
        if let failure = source.failure {
            console.say("fetchall: \(failure)")
            return .usage
        }
        return status
    }
}
