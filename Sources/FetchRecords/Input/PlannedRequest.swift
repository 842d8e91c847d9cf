package import FetchHTTP

/// Writes a request before it is sent: everything but its secrets.
package enum PlannedRequest {
    /// Appends `GET https://…`, or `{"id":…,"url":…,"method":…,"headers":…,"body":…}`.
    package static func append(_ input: Input, asJSON: Bool, to out: inout [UInt8]) {
        guard case .success(let request) = input.request else { return }
        guard asJSON else {
            out.append(contentsOf: "\(request.method) \(request.url.redacted)".utf8)
            return
        }
        var line: [UInt8] = []
        var writer = FailedLine()
        var json = input
        json.isJSONLine = true
        json.request = .success(request)
        writer.append(json, to: &line)
        out.append(contentsOf: line.dropLast())
    }
}
