/// Options whose value is optional, which ArgumentParser does not support.
enum OptionalValue {
    /// The placeholder for a value that is not given; it cannot be typed.
    static let none = "\0"

    /// The options.
    static let names: Set = ["--cache"]

    /// Gives `--cache` a value, so that it never takes the next argument (a URL) as its value.
    static func written(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].map {
            names.contains($0.hasSuffix("=") ? String($0.dropLast()) : $0) ? "--cache=\(none)" : $0
        } + arguments[end...]
    }
}
