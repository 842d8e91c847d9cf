import FetchHTTP

/// Values stored for origins. Lists may name a million, so the number is limited.
struct OriginTable<Value> {
    /// The maximum number of stored origins.
    static var maximumCount: Int { 4096 }

    private var values: [Origin: Value] = [:]
    private var last = LastOrigin<Value>()

    /// The value stored for the origin of a URL; for a new origin, a new value.
    mutating func value(of url: FetchURL, ifNew make: (Origin) -> Value) -> Value {
        if let value = last.value(of: url) { return value }
        let origin = url.origin
        let known = values[origin]
        let value = known ?? make(origin)
        if known == nil {
            if values.count >= Self.maximumCount { values.removeAll(keepingCapacity: true) }
            values[origin] = value
        }
        last.remember(value, of: url)
        return value
    }
}
