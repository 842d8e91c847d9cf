/// Schemes that are mistakes of typing.
enum SchemeTypo {
    /// Whether one letter was added, left out, replaced, or swapped with its neighbour.
    static func isClose(_ scheme: String, to known: String) -> Bool {
        let typed = Array(scheme.utf8)
        let known = Array(known.utf8)
        guard typed != known, abs(typed.count - known.count) <= 1 else { return false }
        let start = zip(typed, known).prefix { $0 == $1 }.count
        let one = typed[start...]
        let other = known[start...]
        if one.count == other.count {
            return one.dropFirst().elementsEqual(other.dropFirst())
                || one.count >= 2 && one.first == other.dropFirst().first && one.dropFirst().first == other.first
                    && one.dropFirst(2).elementsEqual(other.dropFirst(2))
        }
        return one.count > other.count ? one.dropFirst().elementsEqual(other) : one.elementsEqual(other.dropFirst())
    }
}
