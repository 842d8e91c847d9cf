package import FetchHTTP
import FetchSystem

/// Inputs that are done, with fingerprints that show whether the list is still the same: 8 bytes for each.
package struct CompletedInputs: Sendable {
    /// Fingerprints by index, in pages; 0 for an input that is not done.
    private var pages: [Int: [UInt64]] = [:]
    /// The number of inputs.
    package private(set) var count = 0

    private static let pageSize = 4096

    /// No inputs.
    package init() {}

    /// Whether an input is done.
    package func contains(_ index: Int) -> Bool { fingerprint(of: index) != nil }

    /// The fingerprint that the input had when it was done; nil if it is not.
    package func fingerprint(of index: Int) -> UInt64? {
        guard index >= 0, let page = pages[index / Self.pageSize] else { return nil }
        let value = page[index % Self.pageSize]
        return value == 0 ? nil : value
    }

    /// Adds an input.
    package mutating func insert(_ index: Int, _ fingerprint: UInt64) {
        if !contains(index) { count += 1 }
        pages[index / Self.pageSize, default: [UInt64](repeating: 0, count: Self.pageSize)][index % Self.pageSize] =
            fingerprint
    }
}

extension Input {
    /// The fingerprint of an input: id, URL, method, headers, body and checksum, but no secret, so that a new token does not make
    /// a new list. Never 0.
    package var fingerprint: UInt64 {
        var builder = Digest.Builder()
        builder.add(id.map { "=" + $0 } ?? "")
        switch request {
        case .failure: builder.add(PrintableURL.text(of: self))
        case .success(let request):
            builder.add(request.url.withoutCredentials.href)
            builder.add(request.method)
            var parts: [[UInt8]] = []
            request.headers.forEachField { name, value in
                if !SecretName.occurs(in: name), !MultipartForm.isGenerated(name, value, of: request) {
                    parts += [Array(name.lowercased().utf8), Array(value)]
                }
            }
            for part in parts { builder.add(part) }
            for name in request.headers.leftOut { builder.add(":" + name.lowercased()) }
            if let body = request.body { builder.add(body) }
            if let upload = request.upload { builder.add("upload " + upload.identity) }
        }
        // Journals of inputs without one stay valid.
        if let checksum { builder.add("checksum " + checksum.description) }
        return max(1, builder.finish().high)
    }
}
