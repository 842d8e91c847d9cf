/// Options whose value may be left out, which ArgumentParser does not know.
enum OptionalValue {
    /// What stands for the value that was left out: nothing that anybody could have typed.
    static let none = "\0"

    private static let names: Set = ["--cache", "--cache="]

    /// Gives `--cache` a value, so that it never takes the next argument, a URL, for one.
    static func written(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].map { names.contains($0) ? "--cache=\(none)" : $0 } + arguments[end...]
    }
}
