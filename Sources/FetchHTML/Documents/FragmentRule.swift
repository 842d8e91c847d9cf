import FetchSystem

/// Whether a fragment names something in a document.
package enum FragmentRule {
    /// Whether a fragment is found (WHATWG HTML §7.4.6.4, find a potential indicated element).
    ///
    /// An empty one and `top` are the top of the document. A text fragment (`:~:text=…`) is cut off first: what it names is
    /// not checked. GitHub's anchors are found with and without the `user-content-` that it puts before them. Lines of a
    /// file on GitHub (`L10-L20`) are not found here.
    ///
    /// - Parameters:
    ///   - fragment: The fragment as it is written, without `#`.
    ///   - anchors: The anchors of the document (``DocumentScan/anchors``).
    package static func isFound(_ fragment: String, in anchors: Set<String>) -> Bool {
        let fragment = withoutDirective(fragment)
        if fragment.isEmpty || isAnchor(fragment, anchors) { return true }
        let decoded = ByteText.text(of: PercentEncoding.decode(Array(fragment.utf8)[...]))
        return isAnchor(decoded, anchors) || decoded.utf8.map(\.lowercasedASCII).elementsEqual("top".utf8)
    }

    /// The fragment before its directive (URL Fragment Text Directives §3.3).
    package static func withoutDirective(_ fragment: String) -> String {
        fragment.range(ofText: ":~:").map { String(fragment[..<$0.lowerBound]) } ?? fragment
    }

    private static func isAnchor(_ name: String, _ anchors: Set<String>) -> Bool {
        if anchors.contains(name) { return true }
        return name.hasPrefix(gitHubPrefix)
            ? anchors.contains(String(name.dropFirst(gitHubPrefix.count))) : anchors.contains(gitHubPrefix + name)
    }

    private static let gitHubPrefix = "user-content-"
}
