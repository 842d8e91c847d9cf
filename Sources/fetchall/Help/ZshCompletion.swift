/// The completion of zsh, in a file `_fetchall` in `fpath`, or read with `source`.
struct ZshCompletion {
    let commands: [CompletedCommand]

    /// The script.
    var script: String {
        let keys = commands.dropFirst().map { CompletedCommand.quoted($0.key) }.joined(separator: " | ")
        return """
            #compdef fetchall
            # zsh completion for fetchall, written by: fetchall completions zsh
            _fetchall() {
                local command=
                integer index=2
                while (( index < CURRENT )); do
                    case "$command ${words[index]}" in
                        (\(keys)) command="$command ${words[index]}" ;;
                        (*) break ;;
                    esac
                    (( index++ ))
                done
                # _arguments counts from the last name of the command.
                words=("${words[1]}" "${(@)words[index,-1]}")
                (( CURRENT -= index - 2 ))
                local -a shared=(
            \(shared.map { "        " + $0 }.joined(separator: "\n"))
                )
                case "$command" in
            \(commands.map(branch).joined(separator: "\n"))
                esac
            }
            \(commands.filter { !$0.words.isEmpty }.map(wordFunction).joined(separator: "\n"))
            if [[ "${funcstack[1]}" == _fetchall ]]; then
                _fetchall "$@"
            else
                compdef _fetchall fetchall
            fi
            """
    }

    /// The options of `fetch` that all commands with its options have.
    private var shared: [String] {
        let full = commands.filter { $0.options.count > 20 }.map { Set($0.options.flatMap(specifications)) }
        return (commands.first?.options ?? []).flatMap(specifications).filter { option in
            full.allSatisfy { $0.contains(option) }
        }
    }

    private func branch(_ command: CompletedCommand) -> String {
        let all = command.options.flatMap(specifications)
        let shared = Set(self.shared)
        var lines = all.filter { !shared.contains($0) }
        if shared.isSubset(of: all), !shared.isEmpty { lines.append("$shared") }
        if !command.words.isEmpty { lines.append("'1:command:\(functionName(command))'") }
        if command.takesFiles { lines.append("'*:argument:_default'") }
        let pattern = CompletedCommand.quoted(command.key)
        return "        (\(pattern)) _arguments -s -S : \\\n"
            + lines.map { "                " + $0 }.joined(separator: " \\\n") + " ;;"
    }

    /// How `_arguments` writes an option: once for each of its names.
    private func specifications(_ option: OptionDescription) -> [String] {
        option.names.map { name in
            let excluded = option.isRepeating ? "*" : "(\(option.names.joined(separator: " ")))"
            let isLong = name.hasPrefix("--")
            let mark = option.value == nil ? "" : OptionalValue.names.contains(name) ? "=-" : isLong ? "=" : "+"
            let end = option.value.map { ":\(escaped(option.valueName ?? "", ":")):\(action($0))" } ?? ""
            return CompletedCommand.quoted("\(excluded)\(name)\(mark)[\(escaped(option.summary, "[]"))]\(end)")
        }
    }

    private func action(_ value: OptionDescription.Value) -> String {
        switch value {
        case .words(let words): "(\(words.joined(separator: " ")))"
        case .file: "_files"
        case .directory: "_files -/"
        case .text: "_default"
        }
    }

    private func functionName(_ command: CompletedCommand) -> String {
        "_fetchall" + command.path.map { "_" + $0 }.joined() + "_words"
    }

    private func wordFunction(_ command: CompletedCommand) -> String {
        let words = command.words.map { word in
            let meaning = word.meaning.hasSuffix(".") ? String(word.meaning.dropLast()) : word.meaning
            let entry = meaning.isEmpty ? word.word : "\(word.word):\(meaning)"
            return "        " + CompletedCommand.quoted(entry)
        }
        return """
            \(functionName(command))() {
                local ret=1
                local -a commands=(
            \(words.joined(separator: "\n"))
                )
                _describe -t commands command commands && ret=0
            \(command.takesFiles ? "    _files && ret=0\n" : "")    return ret
            }
            """
    }

    private func escaped(_ text: String, _ special: String) -> String {
        text.reduce(into: "") { result, character in
            if character == "\\" || special.contains(character) { result.append("\\") }
            result.append(character)
        }
    }
}
