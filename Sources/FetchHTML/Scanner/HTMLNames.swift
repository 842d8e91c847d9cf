/// The elements that a ``HTMLScanner`` knows. A raw value is the last eight letters of the name as the bytes of one
/// number.
enum HTMLTag: UInt64 {
    case other = 0
    case a = 0x61
    case area = 0x6172_6561
    case audio = 0x61_7564_696F
    case base = 0x6261_7365
    case body = 0x626F_6479
    case embed = 0x65_6D62_6564
    case frame = 0x66_7261_6D65
    case iframe = 0x6966_7261_6D65
    case image = 0x69_6D61_6765
    case img = 0x69_6D67
    case input = 0x69_6E70_7574
    case link = 0x6C69_6E6B
    case math = 0x6D61_7468
    case meta = 0x6D65_7461
    case noembed = 0x6E_6F65_6D62_6564
    case noframes = 0x6E6F_6672_616D_6573
    case noscript = 0x6E6F_7363_7269_7074
    case object = 0x6F62_6A65_6374
    case plaintext = 0x6C61_696E_7465_7874
    case script = 0x7363_7269_7074
    case source = 0x736F_7572_6365
    case style = 0x73_7479_6C65
    case svg = 0x73_7667
    case textarea = 0x7465_7874_6172_6561
    case title = 0x74_6974_6C65
    case track = 0x74_7261_636B
    case video = 0x76_6964_656F
    case xmp = 0x78_6D70

    /// The length of the name, if the raw value does not contain all of it.
    var fullLength: Int? { self == .plaintext ? 9 : nil }

    /// Whether the content is text up to the end tag (WHATWG HTML §13.2.6.2), with scripting disabled.
    var isRawText: Bool {
        switch self {
        case .script, .style, .title, .textarea, .xmp, .iframe, .noembed, .noframes: true
        default: false
        }
    }
}

/// The attributes that a ``HTMLScanner`` knows; raw values as in ``HTMLTag``.
enum HTMLAttributeName: UInt64 {
    case background = 0x636B_6772_6F75_6E64
    case charset = 0x63_6861_7273_6574
    case color = 0x63_6F6C_6F72
    case content = 0x63_6F6E_7465_6E74
    case data = 0x6461_7461
    case encoding = 0x656E_636F_6469_6E67
    case face = 0x6661_6365
    case href = 0x6872_6566
    case httpEquiv = 0x7470_2D65_7175_6976
    case id = 0x6964
    case name = 0x6E61_6D65
    case poster = 0x706F_7374_6572
    case rel = 0x72_656C
    case shadowRootMode = 0x726F_6F74_6D6F_6465
    case size = 0x7369_7A65
    case src = 0x73_7263
    case srcset = 0x7372_6373_6574
    case type = 0x7479_7065
    case xlinkHref = 0x696E_6B3A_6872_6566

    /// The length of the name and its first two letters, if the raw value does not contain all of it.
    var fullName: (length: Int, start: (UInt8, UInt8))? {
        switch self {
        case .background: (10, (UInt8(ascii: "b"), UInt8(ascii: "a")))
        case .httpEquiv: (10, (UInt8(ascii: "h"), UInt8(ascii: "t")))
        case .xlinkHref: (10, (UInt8(ascii: "x"), UInt8(ascii: "l")))
        case .shadowRootMode: (14, (UInt8(ascii: "s"), UInt8(ascii: "h")))
        default: nil
        }
    }
}
