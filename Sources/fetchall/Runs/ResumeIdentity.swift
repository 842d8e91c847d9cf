import FetchGitHub
import FetchHTTP
import FetchSystem

/// The options that must be the same in a resumed run: those that determine the records. Pace, retries and connections
/// may change.
enum ResumeIdentity {
    /// The names and values; a value that may contain a secret is a digest.
    static func values(
        _ output: OutputOptions, _ request: RequestOptions, _ retry: RetryOptions
    ) -> [(name: String, value: String)] {
        let format = output.chosenFormat?.rawValue ?? "-w " + (output.writeOut ?? "")
        return [
            ("--format", format),
            ("--output", output.output ?? "-"),
            ("--output-dir", output.saving.directory ?? ""),
            ("--filename-template", output.saving.filenameTemplate ?? ""),
            ("--body", "\(output.body)"),
            ("--include-headers", "\(output.includeHeaders)"),
            ("--no-csv-guard", "\(output.noCsvGuard)"),
            ("--failed-to", output.failedTo ?? ""),
            ("--accept", retry.accept.description),
            ("--max-redirs", request.noLocation ? "none" : "\(request.maxRedirs)"),
            ("--max-filesize", request.maxFilesize.map { "\($0)" } ?? ""),
            ("--request", request.head ? "HEAD" : request.request ?? ""),
            ("--data", request.bodies.identity.isEmpty ? "" : Digest.text(of: request.bodies.identity)),
            ("--header", Digest.text(of: request.header.filter(isPlain))),
        ]
            // Journals of earlier builds have none of these.
            + (output.jq.map { [("--jq", Digest.text(of: [$0]))] } ?? [])
            + (output.hash.map { [("--hash", $0.rawValue)] } ?? [])
    }

    /// The same for `fetchall github`, whose records depend on other options too.
    static func values(
        _ output: OutputOptions, _ request: RequestOptions, _ retry: RetryOptions, _ github: GitHubOptions,
        _ api: GitHubAPI
    ) -> [(name: String, value: String)] {
        values(output, request, retry) + [
            ("--fields", github.fields.map { $0.map(\.name).joined(separator: ",") } ?? ""),
            ("--repos", "\(github.repos)"), ("--via", github.via.rawValue), ("--api-url", api.description),
        ]
    }

    /// A token may change from one run to the next; other headers may not.
    private static func isPlain(_ header: String) -> Bool {
        !SecretName.occurs(in: String(header.prefix { $0 != ":" && $0 != ";" }))
    }
}
