/// Options whose value may be left out, which ArgumentParser does not know.
enum OptionalValue {
    private static let names: Set = ["--cache"]

    /// Writes `--cache` as `--cache=`, so that it never takes the next argument, a URL, for its value.
    static func written(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].map { names.contains($0) ? $0 + "=" : $0 } + arguments[end...]
    }
}
