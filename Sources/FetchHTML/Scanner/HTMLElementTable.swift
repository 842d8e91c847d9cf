/// What the tree construction of WHATWG HTML §13.2.6 distinguishes.
struct HTMLElementTraits: OptionSet {
    let rawValue: UInt16

    /// It has no content.
    static let void = Self(rawValue: 1)
    /// It ends foreign content (§13.2.6.5).
    static let breaksOut = Self(rawValue: 2)
    /// A special element (§13.2.4.2).
    static let special = Self(rawValue: 4)
    /// A boundary of the scope (§13.2.4.2, "has an element in scope").
    static let scope = Self(rawValue: 8)
    /// Its end tag ends the elements inside it.
    static let endsContent = Self(rawValue: 16)
    /// A formatting element, whose end tag leaves blocks inside it open (§13.2.6.4.7, the adoption agency algorithm).
    static let formatting = Self(rawValue: 32)
    /// Its tags do not change what is open: html, head and body, and text elements, whose end the scanner finds.
    static let transparent = Self(rawValue: 64)
    /// Its start tag ends a paragraph.
    static let endsParagraph = Self(rawValue: 128)
    /// A list item: its start tag ends the one before.
    static let item = Self(rawValue: 256)
    /// A part of a table.
    static let tablePart = Self(rawValue: 512)
    /// A table cell or a caption, which hold content.
    static let cell = Self(rawValue: 1024)
    /// A heading.
    static let heading = Self(rawValue: 2048)
    /// In MathML its content is HTML: a text integration point.
    static let mathText = Self(rawValue: 4096)
    /// In SVG its content is HTML: an HTML integration point.
    static let svgHTML = Self(rawValue: 8192)
}

/// The traits of all elements that have some: a hash table with open addressing, because every tag of a page asks it.
struct HTMLElementTable {
    static let shared = HTMLElementTable()
    private static let bits: UInt64 = 9
    private var names = [UInt64](repeating: 0, count: 1 << bits)
    private var traits = [HTMLElementTraits](repeating: [], count: 1 << bits)

    private init() {
        add(
            "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr image",
            .void)
        add(
            """
            b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu \
            meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var
            """, .breaksOut)
        add(
            """
            address applet area article aside base basefont bgsound blockquote body br button caption center col \
            colgroup dd details dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 \
            h6 head header hgroup hr html iframe img input keygen li link listing main marquee menu meta nav noembed \
            noframes noscript object ol p param plaintext pre script search section select source style summary table \
            tbody td template textarea tfoot th thead title tr track ul wbr xmp
            """, .special)
        add("applet caption html marquee object table td template th", .scope)
        add(
            """
            address article aside blockquote button center details dialog dir div dl fieldset figcaption figure footer \
            form header hgroup listing main menu nav ol pre search section summary ul applet marquee object p li dd dt
            """, .endsContent)
        add("a b big code em font i nobr s small strike strong tt u", .formatting)
        add(
            "html head body frameset title textarea style script xmp iframe noembed noframes plaintext", .transparent)
        add(
            """
            address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer header \
            hgroup main menu nav ol p search section summary ul h1 h2 h3 h4 h5 h6 pre listing form table hr xmp li dd dt
            """, .endsParagraph)
        add("li dd dt", .item)
        add("caption colgroup tbody thead tfoot tr td th", .tablePart)
        add("caption td th", .cell)
        add("h1 h2 h3 h4 h5 h6", .heading)
        add("mi mo mn ms mtext", .mathText)
        add("foreignobject desc title", .svgHTML)
    }

    private mutating func add(_ list: String, _ trait: HTMLElementTraits) {
        for word in list.split(separator: " ") {
            let name = HTMLElementName(word)
            var slot = Self.slot(name)
            while names[slot] != 0, names[slot] != name.value { slot = (slot + 1) & (names.count - 1) }
            names[slot] = name.value
            traits[slot].insert(trait)
        }
    }

    private static func slot(_ name: HTMLElementName) -> Int {
        Int(truncatingIfNeeded: (name.value &* 0x9E37_79B9_7F4A_7C15) &>> (64 &- bits))
    }

    /// The traits of an element; empty for an unknown one.
    subscript(name: HTMLElementName) -> HTMLElementTraits {
        var slot = Self.slot(name)
        while names[slot] != 0 {
            if names[slot] == name.value { return traits[slot] }
            slot = (slot + 1) & (names.count - 1)
        }
        return []
    }
}
