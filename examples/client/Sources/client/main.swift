import FetchCore

let urls = Array(CommandLine.arguments.dropFirst())
var options = SchedulerOptions.inMemory
options.maxConcurrent = 20

try await withFetcher(options) { fetcher in
    for await outcome in fetcher.results(for: urls) {
        if let response = outcome.response, outcome.isOK {
            print(response.status, response.size, outcome.input.text)
        } else {
            print("failed", outcome.error?.message ?? "", outcome.input.text)
        }
    }
}
