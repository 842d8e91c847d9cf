package import FetchHTTP
package import FetchSystem

/// Inputs made from URL templates: for each id, one input of each template.
package final class TemplateSource: InputSource {
    /// The name that ids replace.
    package static let idName = "id"

    private let ids: IDReader?
    private let templates: [(name: String?, template: URLTemplate)]
    private let variables: [String: String]
    private let defaults: RequestDefaults
    private let position = AtomicPosition()

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - templates: The URLs, each with the name that its inputs get besides the id.
    ///   - ids: The values of `{id}`, one after the other; nil for one turn without an id.
    ///   - variables: The values of the other names.
    ///   - defaults: The method, fields and body of the requests.
    package init(
        _ templates: [(name: String?, template: URLTemplate)], ids: IDReader?, variables: [String: String] = [:],
        defaults: RequestDefaults
    ) {
        self.templates = templates
        self.ids = ids
        self.variables = variables
        self.defaults = defaults
    }

    /// The inputs of the next ids.
    package func next() async -> [Input]? {
        guard let ids else {
            let start = position.advance(by: templates.count)
            return start == 0 ? inputs(id: nil, from: 0) : nil
        }
        guard let chunk = await ids.next() else { return nil }
        let start = position.advance(by: chunk.count * templates.count)
        return chunk.enumerated().flatMap { inputs(id: $1, from: start + $0 * templates.count) }
    }

    private func inputs(id: String?, from start: Int) -> [Input] {
        templates.enumerated().map { offset, item in
            let name = [id, item.name].compactMap { $0 }.joined(separator: "/")
            do throws(FetchError) {
                let url = try item.template.expand { $0 == Self.idName ? id ?? variables[$0] : variables[$0] }
                let request = try defaults.request(for: url)
                return Input(index: start + offset, id: name, text: url.redacted, request: .success(request))
            } catch {
                return Input(index: start + offset, id: name, text: id ?? "", request: .failure(error))
            }
        }
    }

    /// Stops reading.
    package func close() {
        ids?.close()
        _ = position.advance(by: templates.count)
    }

    /// The number of inputs, once all ids are read.
    package var total: Int? {
        guard let ids else { return templates.count }
        return ids.total.map { $0 * templates.count }
    }

    /// Why the ids ended early; nil if they did not.
    package var failure: InputFailure? { ids?.failure }
}
