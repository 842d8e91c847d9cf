/// What the environment says about colour.
enum ColorVariables {
    /// Whether output is coloured; nil if no variable decides it.
    ///
    /// `NO_COLOR` is stronger than the others, because who sets it may not be able to read colours. Empty values decide
    /// nothing, nor does a 0 of the variables that force colour.
    ///
    /// - Parameter environment: Reads an environment variable.
    static func decision(_ environment: (String) -> String?) -> Bool? {
        if environment("NO_COLOR") != nil { return false }
        for name in ["FORCE_COLOR", "CLICOLOR_FORCE"] {
            guard let value = environment(name), !value.isEmpty else { continue }
            if value != "0", value != "false" { return true }
        }
        return nil
    }
}
