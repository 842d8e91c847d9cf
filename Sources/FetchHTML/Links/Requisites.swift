import FetchSystem

/// The attributes with the parts of a page, in one table for crawling and for checking links.
extension HTMLScanner {
    /// Calls the closure with each attribute of the last start tag that names a part of the page: an image, a script; nil for
    /// one that is not there. Links of `link` elements depend on their `rel`, which ``LinkRelation`` reads.
    func visitRequisites(_ take: (Link.Kind, Range<Int>?) -> Void) {
        switch tag {
        case .img, .image:
            take(.image, value(of: .src))
            take(.imageSet, value(of: .srcset))
        case .source:
            take(.source, value(of: .src))
            take(.sourceSet, value(of: .srcset))
        case .script: take(.script, value(of: .src))
        case .audio: take(.audio, value(of: .src))
        case .video:
            take(.video, value(of: .src))
            take(.poster, value(of: .poster))
        case .track: take(.track, value(of: .src))
        case .embed: take(.embed, value(of: .src))
        case .object: take(.object, value(of: .data))
        case .body: take(.background, value(of: .background))
        case .input:
            if let type = value(of: .type), bytes[type].isWord("image".utf8) { take(.inputImage, value(of: .src)) }
        default: break
        }
    }
}

extension ArraySlice<UInt8> {
    /// Whether they are a word in lower case, ignoring case and white space around it.
    func isWord(_ word: some Collection<UInt8>) -> Bool {
        var value = drop(while: \.isHTMLSpace)
        while let last = value.last, last.isHTMLSpace { value.removeLast() }
        return value.count == word.count && value.lazy.map(\.lowercasedASCII).elementsEqual(word)
    }
}
