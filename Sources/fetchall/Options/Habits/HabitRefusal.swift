import FetchHTTP
import FetchSystem
import SystemPackage

/// What wget and curl mean by an option and fetchall does not: such a line is refused with what to type, before it does
/// something else.
enum HabitRefusal {
    /// Why the arguments are refused, with what to type; nil if they are not.
    ///
    /// - Parameters:
    ///   - arguments: The arguments of the process.
    ///   - isFile: Whether a file of that name is there.
    static func message(_ arguments: [String], isFile: (String) -> Bool = HabitRefusal.isFile) -> String? {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        let arguments = Array(arguments[..<end])
        if let message = repeatedOutput(arguments) { return message }
        for (index, argument) in arguments.enumerated() {
            let next = index + 1 < arguments.count ? arguments[index + 1] : nil
            let message =
                switch argument.prefix(while: { $0 != "=" }) {
                case "-i": list(next, arguments, isFile)
                case "--cache" where argument == "--cache": cacheFile(next)
                case "-K":
                    "-K FILE is curl's file of options, which is not read; write the options here, and the URLs into a "
                        + "list: fetchall [OPTIONS] urls.txt (--config FILE is a file of defaults, in TOML)"
                // The parser would report something else: that there is no source, or the value of the second letter.
                case "--input-file" where arguments.first != "github",
                    "--output-document", "-nc", "-nv", "-nd", "-nH", "-np":
                    HabitAdvice.line(for: "Unknown option '\(argument)'")
                case _ where isOutputLetter(argument): outputName(argument, next, arguments)
                default: nil as String?
                }
            if let message, !isValue(index, arguments) { return message }
        }
        return nil
    }

    /// Why a value of `-c` is not the file of a cookie jar; nil if it may be one.
    static func cookieJarAdvice(_ value: String) -> String? {
        if value.contains(text: "://") { return "-c is curl's cookie jar; use -C -" }
        guard !value.isEmpty, value.utf8.allSatisfy(\.isASCIIDigit) else { return nil }
        return "-c is curl's cookie jar; use -j \(value)"
    }

    /// wget's `-i FILE`: the list is the only source, so that `-i` cannot be meant as curl's.
    private static func list(_ next: String?, _ arguments: [String], _ isFile: (String) -> Bool) -> String? {
        guard let next, !isURL(next), isFile(next), !hasURL(arguments) else { return nil }
        return "-i is curl's --include, which shows heads; a list needs no option: fetchall \(shown(next))"
    }

    /// curl's `-o FILE` for each URL.
    private static func repeatedOutput(_ arguments: [String]) -> String? {
        let places = arguments.indices.filter { ["-o", "--output"].contains(arguments[$0]) && !isValue($0, arguments) }
        let isDropped = places.allSatisfy { $0 + 1 < arguments.count && arguments[$0 + 1] == "/dev/null" }
        guard places.count > 1, !isDropped else { return nil }
        return "-o is given twice; it is the one file of the records. To save bodies use -O, or --output-dir DIR with "
            + "--filename-template"
    }

    /// `--cache FILE`, which would be a list to fetch.
    private static func cacheFile(_ next: String?) -> String? {
        let isNamed = [".db", ".sqlite", ".cache"].contains { next?.hasSuffix($0) == true }
        guard let next, isNamed, !next.hasPrefix("-"), !isURL(next) else { return nil }
        return "--cache takes its file behind an equals sign: --cache=\(shown(next))"
    }

    /// wget's `-O FILE` and `-O -`, in front of a URL.
    private static func outputName(
        _ argument: String, _ next: String?, _ arguments: [String]
    ) -> String? {
        let name = argument.hasSuffix("-") && argument != "-" ? "-" : next
        guard let name, !isURL(name), name == "-" || !name.hasPrefix("-"),
            hasURL(arguments)
        else { return nil }
        let target = name == "-" ? "" : " > \(shown(name))"
        return "-O takes no file name, as in curl; it names files after their URLs. To write one body, type: "
            + "fetchall --print body URL\(target)"
    }

    /// `-O`, or a cluster of wget that ends with it: `-qO`, `-qO-`.
    private static func isOutputLetter(_ argument: String) -> Bool {
        guard argument.hasPrefix("-"), !argument.hasPrefix("--") else { return false }
        let letters = argument.dropFirst()
        let flags = letters.last == "-" ? letters.dropLast() : letters
        return flags.last == "O" && flags.dropLast().allSatisfy { "qsSLfZvgk46".contains($0) }
    }

    /// Whether an argument is the value of an option before it, as in `-d -i`.
    private static func isValue(_ index: Int, _ arguments: [String]) -> Bool {
        guard index > 0 else { return false }
        return ["-d", "-H", "-u", "-w", "--data", "--header", "--user", "--write-out", "--jq"].contains(
            arguments[index - 1])
    }

    private static func isURL(_ text: String) -> Bool {
        guard let end = text.range(ofText: "://")?.lowerBound else { return false }
        return !text.hasPrefix("-") && !text[..<end].contains(" ")
    }

    /// Whether a URL is among the sources, and not only the value of an option.
    private static func hasURL(_ arguments: [String]) -> Bool {
        arguments.indices.contains { index in
            guard isURL(arguments[index]) else { return false }
            return index == 0 || !["-x", "--proxy", "-e", "--referer", "-b", "-d"].contains(arguments[index - 1])
        }
    }

    private static func shown(_ name: String) -> String { TerminalText.escaped(ByteText.shown(name)) }

    /// Whether a regular file of that name is there.
    static func isFile(_ name: String) -> Bool {
        guard !ByteText.holdsBytes(name), let status = try? Stat(name) else { return false }
        return status.type == .regular
    }
}
