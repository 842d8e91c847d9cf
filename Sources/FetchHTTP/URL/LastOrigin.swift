/// What belongs to the scheme, host and port of the URL that was asked for last: lists often name one host a thousand
/// times.
package struct LastOrigin<Value> {
    /// An object, because a copy of a URL counts references, and so does one that is only looked at.
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

    /// What belongs to the origin of a URL; nil where that is not the last one.
    package func value(of url: FetchURL) -> Value? {
        guard let entry, url.hasSameOrigin(as: entry.url) else { return nil }
        return entry.value
    }

    /// From now on it is this one.
    package mutating func remember(_ value: Value, of url: FetchURL) { entry = Entry(url, value) }
}

extension LastOrigin: Sendable where Value: Sendable {}
extension LastOrigin.Entry: Sendable where Value: Sendable {}
