/// Values for certain hosts. Of those whose pattern fits, the one that names a host most exactly counts. Pure.
package struct HostMap<Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        let hosts: HostPattern
        var value: Value
    }

    private var entries: [Entry] = []

    /// No values.
    package init() {}

    /// Whether there are no values.
    package var isEmpty: Bool { entries.isEmpty }

    /// The values in the order in which they were added.
    package var values: [Value] { entries.map(\.value) }

    /// Adds the value of a pattern.
    package mutating func add(_ value: Value, for hosts: HostPattern) {
        entries.append(Entry(hosts: hosts, value: value))
    }

    /// The value for requests to a URL; nil for none.
    package func value(for url: FetchURL) -> Value? { best { $0.matches(url) } }

    /// The value for an authority, whatever the scheme; nil for none.
    ///
    /// - Parameter text: As in ``HostPattern/matches(authority:)``.
    package func value(forAuthority text: String) -> Value? { best { $0.matches(authority: text) } }

    /// The same patterns with other values.
    package func mapValues(_ transform: (Value) throws -> Value) rethrows -> HostMap {
        var copy = self
        for index in entries.indices { copy.entries[index].value = try transform(entries[index].value) }
        return copy
    }

    /// Of patterns that are equally exact, one with a scheme counts, and then the first.
    private func best(_ fits: (HostPattern) -> Bool) -> Value? {
        var best: Entry?
        for entry in entries where fits(entry.hosts) {
            guard let other = best?.hosts else {
                best = entry
                continue
            }
            let isMoreExact =
                entry.hosts.rank > other.rank
                || entry.hosts.rank == other.rank && entry.hosts.namesScheme && !other.namesScheme
            if isMoreExact { best = entry }
        }
        return best?.value
    }
}
