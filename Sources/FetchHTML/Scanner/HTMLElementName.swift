/// The name of an element, without case, as one number: the last eight letters and the length. Unlike ``HTMLTag`` it
/// names every element.
struct HTMLElementName: Hashable {
    let value: UInt64

    /// Makes a name.
    ///
    /// - Parameters:
    ///   - key: The last eight letters in lower case as the bytes of one number.
    ///   - length: The length of the whole name.
    init(key: UInt64, length: Int) { value = key ^ UInt64(length) &* 0x9E37_79B9_7F4A_7C15 }

    /// The name of a text in lower case.
    init(_ text: some StringProtocol) {
        self.init(key: text.utf8.reduce(0) { $0 &<< 8 | UInt64($1) }, length: text.utf8.count)
    }

    static let a = Self("a")
    static let annotationXML = Self("annotation-xml")
    static let br = Self("br")
    static let button = Self("button")
    static let font = Self("font")
    static let form = Self("form")
    static let malignmark = Self("malignmark")
    static let math = Self("math")
    static let mglyph = Self("mglyph")
    static let p = Self("p")
    static let svg = Self("svg")
    static let table = Self("table")
    static let template = Self("template")
    static let tr = Self("tr")
}
