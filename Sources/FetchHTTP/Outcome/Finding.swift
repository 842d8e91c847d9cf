/// What is wrong with a link, and where the link stands.
package struct Finding: Sendable {
    /// How bad it is.
    package enum Severity: String, Sendable, Hashable {
        /// It ends the run with exit code 1.
        case error
        case warning
        /// It was not checked.
        case skipped
    }

    /// Where a link stands.
    package struct Location: Sendable, Hashable {
        /// The URL of the page without credentials, or the path of the file.
        package var document: String
        /// Whether ``document`` is the path of a file.
        package var isFile: Bool
        /// From 1; nil where it is not known.
        package var line: Int?
        /// In characters, from 1; nil where it is not known.
        package var column: Int?

        package init(document: String, isFile: Bool, line: Int? = nil, column: Int? = nil) {
            self.document = document
            self.isFile = isFile
            self.line = line
            self.column = column
        }
    }

    /// Where the link stands.
    package var location: Location
    /// The text of the link; empty without one.
    package var text: String
    /// What the link leads to: the URL without credentials, the path, or what is written where that is not valid.
    package var target: String
    /// What is wrong, as a slug: an error kind of a record (`name-not-resolved`, `http-status`), or one of the link checker
    /// (`fragment-missing`, `file-missing`, `malformed`, `redirected-permanently`, `insecure`).
    package var kind: String
    package var severity: Severity
    /// What is wrong, for a person.
    package var message: String
    /// The request that showed it; nil where none was needed.
    package var outcome: Outcome?

    package init(
        location: Location, text: String, target: String, kind: String, severity: Severity, message: String,
        outcome: Outcome? = nil
    ) {
        self.location = location
        self.text = text
        self.target = target
        self.kind = kind
        self.severity = severity
        self.message = message
        self.outcome = outcome
    }
}
