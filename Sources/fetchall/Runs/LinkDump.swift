import FetchCrawl
import FetchRecords
import FetchSystem

/// `fetchall check --dump`: lists the links of files, `file:line:column<TAB>target` each. Nothing is sent.
struct LinkDump {
    let options: CheckOptions
    let output: OutputOptions
    let console: Console

    /// Writes the lines.
    func run() throws -> ExitStatus {
        let files: RunFiles
        do {
            files = try RunFiles(output, for: .check)
        } catch let failure as InputFailure {
            console.say("fetchall: \(failure)")
            return .io
        }
        var document = DocumentOutput(console: console, file: files.records, isLines: true)
        var status = ExitStatus.success
        for source in options.sources {
            do throws(InputFailure) {
                let lines = try options.lines(of: source).map { TerminalText.escaped($0, keeping: [0x09]) + "\n" }
                do throws(OutputFailure) { try document.write(Array(lines.joined().utf8)) } catch {
                    guard case .failed(let message) = error else { break }
                    console.say("fetchall: \(message)")
                    return .io
                }
            } catch {
                console.say("fetchall: \(error)")
                status = .io
            }
        }
        for name in files.close() {
            console.say("fetchall: cannot write \(name)")
            status = .io
        }
        return status
    }
}
