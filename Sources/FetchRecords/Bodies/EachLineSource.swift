package import FetchHTTP
package import FetchSystem

/// One request for each line of a file, with the line as the body. Blank lines are skipped.
package final class EachLineSource: InputSource {
    private let inputs: ReadAhead<Input>

    /// Opens the file and starts to read.
    ///
    /// - Parameters:
    ///   - file: The file; `-` for standard input.
    ///   - url: The URL of all requests.
    ///   - defaults: The method and the fields of the requests.
    /// - Throws: ``InputFailure`` when the file cannot be read, ``FetchError`` for a URL that is not valid.
    package init(_ file: String, url text: String, defaults: RequestDefaults) throws {
        let url = try defaults.target(ListLine.parse(text))
        let list = file == "-" ? ListFile.standardInput : try ListFile.open(file, isOfURLs: false)
        let reading = EachLineReading(list: list, url: url, text: text, defaults: defaults)
        do {
            inputs = try ReadAhead(queueLength: SourceReader.queueLength) { waker, push in
                var reading = reading
                return reading.run(waker, push)
            }
        } catch {
            if list.descriptor != 0 { SystemFile.close(list.descriptor) }
            throw error
        }
    }

    /// The next inputs.
    package func next() async -> [Input]? { await inputs.next() }

    /// Stops reading.
    package func close() { inputs.close() }

    /// The number of inputs, once all are read.
    package var total: Int? { inputs.total }

    /// Why reading ended early; nil if it did not.
    package var failure: InputFailure? { inputs.failure }
}

/// The work of the reading thread.
private struct EachLineReading: Sendable {
    let list: ListFile
    let url: FetchURL
    let text: String
    let defaults: RequestDefaults
    /// The fields of the command line for the one URL.
    let headers: HeaderFields
    private var index = 0
    private var number = 0
    private var chunk: [Input] = []

    init(list: ListFile, url: FetchURL, text: String, defaults: RequestDefaults) {
        self.list = list
        self.url = url
        self.text = text
        self.defaults = defaults
        headers = defaults.gate?.fields(for: url) ?? defaults.headers
    }

    mutating func run(_ waker: Waker, _ push: ([Input]) -> Bool) -> InputFailure? {
        defer { if list.descriptor != 0 { SystemFile.close(list.descriptor) } }
        var content = ListContent()
        var splitter = LineSplitter()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            switch SystemFile.read(list.descriptor, into: &buffer, orWoken: waker) {
            case .woken: if !push([]) { return nil }
            case .failed(let reason): return InputFailure("\(list.name): \(reason)")
            case .end:
                if let problem = content.finish({ splitter.feed($0) { take($0) } }) {
                    return InputFailure("\(list.name): \(problem)")
                }
                splitter.finish { take($0) }
                _ = flush(push)
                return nil
            case .bytes(let count):
                let problem = content.feed(buffer[..<count]) { splitter.feed($0) { take($0) } }
                guard flush(push) else { return nil }
                if let problem { return InputFailure("\(list.name): \(problem)") }
            }
        }
    }

    private mutating func flush(_ push: ([Input]) -> Bool) -> Bool {
        defer { chunk = [] }
        // A piece of short lines may be thousands of inputs.
        for start in stride(from: 0, to: chunk.count, by: SourceReader.chunkSize) {
            guard push(Array(chunk[start..<min(start + SourceReader.chunkSize, chunk.count)])) else { return false }
        }
        return true
    }

    private mutating func take(_ line: LineSplitter.Line) {
        number += 1
        let bytes = line.bytes.last == 0x0D ? line.bytes.dropLast() : line.bytes
        guard line.isCut || !ListLine.trimmed(bytes).isEmpty else { return }
        chunk.append(
            Input(index: index, text: text, request: request(bytes, isCut: line.isCut), isJSONLine: true))
        index += 1
    }

    private func request(_ bytes: ArraySlice<UInt8>, isCut: Bool) -> Result<Request, FetchError> {
        let problem =
            isCut
            ? "the line is longer than \(LineSplitter.maximumLength) bytes"
            : String(validating: bytes, as: UTF8.self) == nil ? "the line is not UTF-8" : nil
        if let problem {
            return .failure(FetchError(.invalidURL, "\(list.name):\(number): \(problem)", curlCode: .urlMalformat))
        }
        let isJSON = (try? JSONValue.parse(bytes)) != nil
        let content = RequestContent(body: Array(bytes), contentType: isJSON ? "application/json" : nil)
        return .success(
            Request(
                url: url, method: defaults.method ?? "POST", headers: content.headers(headers),
                body: content.body))
    }
}
