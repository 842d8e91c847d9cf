package import FetchHTTP
import FetchSystem

/// What a link leads to.
package enum LinkTarget: Sendable, Hashable {
    /// An http or https URL without its fragment; the fragment is as it is written, without `#`, nil if there is none.
    case url(FetchURL, fragment: String?)
    /// A path, percent-decoded (`ByteText` if it is not UTF-8), without query, with `.` and `..` resolved by their text and
    /// without a slash at its end. Nothing was looked up. The fragment is as in ``url(_:fragment:)``.
    case file(path: String, fragment: String?)
    /// A fragment of the same document, as it is written, without `#`; empty for the document itself.
    case fragment(String)
    /// A mailto link (RFC 6068): what is wrong with it, for a person, or nil.
    case mail(problem: String?)
    /// A link of another scheme, in lower case: `tel`, `javascript`, `data`, `ftp`. It is only counted.
    case other(scheme: String)
    /// Not a valid link: the reason, for a person.
    case malformed(String)
    /// A link that cannot be judged, because nothing is known to resolve it against: the reason, for a person.
    case unresolvable(String)

    /// Reads a target as it is written in a document.
    ///
    /// A URL is read after WHATWG URL §4.4, without blanks at its ends. Some of what browsers mend is malformed here: a
    /// scheme like `hhttps`, `https:` without `//`, `https:///x`, a drive letter.
    package static func read(_ target: String, in context: LinkContext) -> LinkTarget {
        LinkTargetReader(context: context).read(target)
    }
}
