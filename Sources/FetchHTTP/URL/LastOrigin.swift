/// The value of the last URL's scheme, host and port: lists often name one host a thousand times.
package struct LastOrigin<Value> {
    /// An object, because copying a URL counts references, and so does reading it.
    fileprivate final class Entry {
        let url: FetchURL
        let value: Value

        init(_ url: FetchURL, _ value: Value) {
            self.url = url
            self.value = value
        }
    }

    private var entry: Entry?

    /// Nothing yet.
    package init() {}

    /// The value for the origin of a URL; nil if it is not the last one.
    package func value(of url: FetchURL) -> Value? {
        guard let entry, url.hasSameOrigin(as: entry.url) else { return nil }
        return entry.value
    }

    /// Stores the value for this origin.
    package mutating func remember(_ value: Value, of url: FetchURL) { entry = Entry(url, value) }
}

extension LastOrigin: Sendable where Value: Sendable {}
extension LastOrigin.Entry: Sendable where Value: Sendable {}
