/// The completion of bash, 3.2 or newer. It needs no package and starts no program.
struct BashCompletion {
    let commands: [CompletedCommand]

    /// The script. Where it offers nothing, readline offers files (`-o default`).
    var script: String {
        """
        # bash completion for fetchall, written by: fetchall completions bash
        _fetchall() {
            local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= index=1
            local options= words= values= directories= files=
            # readline separates an option and its value at the =.
            if [[ $word == = ]]; then
                word=
            elif [[ $before == = ]]; then
                before=${COMP_WORDS[COMP_CWORD-2]}
            fi
            while ((index < COMP_CWORD)); do
                case "$command ${COMP_WORDS[index]}" in
                    \(patterns(commands.dropFirst().map(\.key))))
                        command="$command ${COMP_WORDS[index]}" ;;
                    *) break ;;
                esac
                ((index += 1))
            done
            case "$command" in
        \(commands.map(branch).joined(separator: "\n"))
            esac
            COMPREPLY=()
            if [[ -n $values ]]; then
                COMPREPLY=($(compgen -W "$values" -- "$word"))
            elif [[ -n $directories ]]; then
                compopt -o dirnames 2>/dev/null
            elif [[ -n $files ]]; then
                return
            elif [[ $word == -* ]]; then
                COMPREPLY=($(compgen -W "$options" -- "$word"))
            elif ((index == COMP_CWORD)); then
                COMPREPLY=($(compgen -W "$words" -- "$word"))
                if [[ -z $command && ${#COMPREPLY[@]} -gt 0 ]]; then
                    # A list may have a name that begins like a command's.
                    local file
                    while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$word")
                    compopt -o filenames 2>/dev/null
                fi
            fi
        }
        complete -o bashdefault -o default -F _fetchall fetchall
        """
    }

    /// What is set for a command: its options and words, and what the value of the option before the cursor can be.
    private func branch(_ command: CompletedCommand) -> String {
        var lines = ["        \(CompletedCommand.quoted(command.key)))"]
        var cases: [(pattern: String, action: String)] = []
        var files: [String] = []
        var directories: [String] = []
        for option in command.options {
            let names = option.names.filter { !OptionalValue.names.contains($0) }
            switch option.value {
            case .words(let values):
                cases.append((names.joined(separator: " | "), "values='\(values.joined(separator: " "))'"))
            case .directory: directories += names
            case .file, .text: files += names
            case nil: break
            }
        }
        if !directories.isEmpty { cases.append((directories.joined(separator: " | "), "directories=1")) }
        if !files.isEmpty { cases.append((files.joined(separator: " | "), "files=1")) }
        if !cases.isEmpty {
            lines.append("            case \"$before\" in")
            lines += cases.map { "                \($0.pattern)) \($0.action) ;;" }
            lines.append("            esac")
        }
        lines.append("            options='\(command.options.flatMap(\.names).joined(separator: " "))'")
        lines.append("            words='\(command.words.map(\.word).joined(separator: " "))' ;;")
        return lines.joined(separator: "\n")
    }

    private func patterns(_ keys: [String]) -> String {
        keys.map(CompletedCommand.quoted).joined(separator: " | ")
    }
}
