package import FetchHTTP

/// A link of a page: its target and its element.
package struct Link: Sendable, Hashable {
    /// The element and attribute of the link. The raw value is for records.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case a = "a href"
        case area = "area href"
        case iframe = "iframe src"
        case frame = "frame src"
        /// `rel` next, prev, canonical, alternate or any value that is not a requisite.
        case link = "link href"
        case metaRefresh = "meta refresh"
        /// The Link header, `rel` as for ``link``.
        case header = "link header"
        /// `rel` stylesheet, icon, preload, modulepreload, manifest.
        case linkedResource = "link resource"
        case image = "img src"
        case imageSet = "img srcset"
        case source = "source src"
        case sourceSet = "source srcset"
        case script = "script src"
        case video = "video src"
        case poster = "video poster"
        case audio = "audio src"
        case track = "track src"
        case embed = "embed src"
        case object = "object data"
        case inputImage = "input src"
        case background = "body background"

        /// Whether it is a part of the page (an image, a script) instead of a link to another page.
        package var isRequisite: Bool {
            switch self {
            case .a, .area, .iframe, .frame, .link, .metaRefresh, .header: false
            default: true
            }
        }
    }

    /// The URL, resolved against the page's base, without credentials that are not in the page.
    package let url: FetchURL
    /// Element and attribute.
    package let kind: Kind
    /// Whether `rel` contains nofollow.
    package let isNofollow: Bool

    /// Makes a link.
    init(url: FetchURL, kind: Kind, isNofollow: Bool = false) {
        self.url = url
        self.kind = kind
        self.isNofollow = isNofollow
    }
}
