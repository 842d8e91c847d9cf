/// What is remembered of origins. Lists may name a million, so that some are forgotten.
struct OriginTable<Value> {
    /// Origins that are remembered.
    static var maximumCount: Int { 4096 }

    private var values: [Origin: Value] = [:]
    private var last = LastOrigin<Value>()

    /// What is remembered of the origin of a URL; of one that is new, what is made for it.
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
