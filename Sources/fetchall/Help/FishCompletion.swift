import FetchSystem

/// The completion of fish, in a file `fetchall.fish` of one of its folders, or read with `source`.
struct FishCompletion {
    let commands: [CompletedCommand]

    /// The script. Options that several commands share are one line.
    var script: String {
        let keys = commands.dropFirst().map { CompletedCommand.quoted($0.key) }.joined(separator: " ")
        return """
            # fish completion for fetchall, written by: fetchall completions fish
            function __fetchall_is
                set -l words (commandline -opc)
                set -e words[1]
                set -l command ''
                for word in $words
                    contains -- "$command $word" \(keys); or break
                    set command "$command $word"
                end
                contains -- "$command" $argv
            end
            # Words are offered as the first argument only.
            function __fetchall_begins
                set -l words (commandline -opc)
                set -e words[1]
                set -l typed (string join -- ' ' '' $words)
                test "$typed" = "$argv"
            end
            \(optionLines.joined(separator: "\n"))
            \(wordLines.joined(separator: "\n"))
            """
    }

    private var optionLines: [String] {
        var order: [String] = []
        var keys: [String: [String]] = [:]
        for command in commands {
            for option in command.options.map(line) {
                if keys[option] == nil { order.append(option) }
                keys[option, default: []].append(CompletedCommand.quoted(command.key))
            }
        }
        return order.map { option in
            let condition = "__fetchall_is " + (keys[option] ?? []).joined(separator: " ")
            return "complete -c fetchall -n \(doubleQuoted(condition)) \(option)"
        }
    }

    private func line(_ option: OptionDescription) -> String {
        var words: [String] = option.names.map { name in
            name.hasPrefix("--") ? "-l \(name.dropFirst(2))" : "-s \(quoted(String(name.dropFirst())))"
        }
        switch option.value {
        case nil: break
        case .words(let values): words.append("-x -a '\(values.joined(separator: " "))'")
        case .directory: words.append("-x -a '(__fish_complete_directories)'")
        case .file, .text:
            // The value of --cache is a part of the word; the next word is not its value.
            if option.names.allSatisfy({ !OptionalValue.names.contains($0) }) { words.append("-r -F") }
        }
        words.append("-d \(quoted(option.summary))")
        return words.joined(separator: " ")
    }

    private var wordLines: [String] {
        commands.flatMap { command -> [String] in
            let files = command.takesFiles ? "" : "-f "
            let condition = doubleQuoted("__fetchall_begins \(CompletedCommand.quoted(command.key))")
            let off = doubleQuoted("__fetchall_is \(CompletedCommand.quoted(command.key))")
            return (command.takesFiles ? [] : ["complete -c fetchall -n \(off) -f"])
                + command.words.map { word in
                    let meaning = word.meaning.hasSuffix(".") ? String(word.meaning.dropLast()) : word.meaning
                    return "complete -c fetchall -n \(condition) \(files)-a \(word.word)"
                        + (meaning.isEmpty ? "" : " -d \(quoted(meaning))")
                }
        }
    }

    /// A text in single quotes, where fish knows `\\` and `\'`.
    private func quoted(_ text: String) -> String {
        "'" + text.replacing(text: "\\", with: "\\\\").replacing(text: "'", with: "\\'") + "'"
    }

    private func doubleQuoted(_ text: String) -> String { "\"" + text + "\"" }
}
