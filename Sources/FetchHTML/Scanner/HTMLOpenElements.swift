/// The open elements of a page, as far as its links depend on them: whether a tag is an element of HTML, SVG or MathML
/// (WHATWG HTML §13.2.6, the tree construction dispatcher), and whether it is inside a template.
///
/// It is the stack of open elements of the standard, without a tree: formatting elements are not opened again, select and
/// frameset have no modes of their own, and nothing is moved out of tables. That changes which of two ancestors an
/// element has, hardly ever its namespace.
struct HTMLOpenElements {
    enum Namespace: UInt8 { case html, svg, math }

    /// What a start tag becomes.
    struct Placement {
        var namespace = Namespace.html
        /// Whether it is inside a template, whose content is not a part of the page.
        var isInert = false
    }

    fileprivate struct Element {
        let name: HTMLElementName
        let namespace: Namespace
        let traits: HTMLElementTraits
        /// An HTML integration point (§13.2.6).
        var isHTMLPoint = false
        /// A template that is not a shadow root.
        var isInert = false
    }

    /// The maximum depth; what is deeper is not an element of its own, so that no page can make this slow.
    private static let limit = 200

    private let table = HTMLElementTable.shared
    private var stack: [Element] = []
    private var inert = 0

    /// Whether CDATA sections are text, and attributes may change what a tag means.
    var isForeign: Bool { stack.last.map { $0.namespace != .html } ?? false }

    /// Whether the tags of an element may have attributes that matter here.
    func needsAttributes(_ name: HTMLElementName) -> Bool {
        name == .template || isForeign && (name == .font || name == .annotationXML)
    }

    // MARK: Start tags

    /// Takes a start tag.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - isSelfClosing: Whether it ends in `/>`.
    ///   - hasMeaning: Whether an attribute gives it another meaning: `font` with color, face or size, `annotation-xml` with
    ///     HTML in it, `template` as a shadow root.
    mutating func start(_ name: HTMLElementName, isSelfClosing: Bool, hasMeaning: Bool) -> Placement {
        let traits = table[name]
        if let current = stack.last, current.namespace != .html, !isHTML(name, in: current) {
            guard traits.contains(.breaksOut) || name == .font && hasMeaning else {
                let place = Placement(namespace: current.namespace, isInert: inert > 0)
                if !isSelfClosing {
                    push(
                        Element(
                            name: name, namespace: current.namespace, traits: traits,
                            isHTMLPoint: current.namespace == .svg
                                ? traits.contains(.svgHTML) : name == .annotationXML && hasMeaning))
                }
                return place
            }
            breakOut()
        }
        return startHTML(name, traits, isSelfClosing: isSelfClosing, isShadowRoot: name == .template && hasMeaning)
    }

    /// Whether a start tag belongs to HTML though the current element is foreign.
    private func isHTML(_ name: HTMLElementName, in current: Element) -> Bool {
        if current.isHTMLPoint { return true }
        guard current.namespace == .math else { return false }
        if current.traits.contains(.mathText) { return name != .mglyph && name != .malignmark }
        return current.name == .annotationXML && name == .svg
    }

    private mutating func breakOut() {
        while let current = stack.last, current.namespace != .html, !current.isHTMLPoint,
            !(current.namespace == .math && current.traits.contains(.mathText))
        {
            pop()
        }
    }

    private mutating func startHTML(
        _ name: HTMLElementName, _ traits: HTMLElementTraits, isSelfClosing: Bool, isShadowRoot: Bool
    ) -> Placement {
        let place = Placement(namespace: .html, isInert: inert > 0)
        if traits.contains(.endsParagraph) { endParagraph() }
        if name == .svg || name == .math {
            let namespace = name == .svg ? Namespace.svg : .math
            if !isSelfClosing { push(Element(name: name, namespace: namespace, traits: [])) }
            return Placement(namespace: namespace, isInert: inert > 0)
        }
        if !traits.isDisjoint(with: [.void, .transparent]) { return place }
        if traits.contains(.item) { endItem(name) }
        if traits.contains(.heading), stack.last?.traits.contains(.heading) == true, stack.last?.namespace == .html {
            pop()
        }
        if traits.contains(.tablePart), !enterTablePart(name, traits) { return place }
        if name == .table, let current = stack.last, current.name == .table || current.isTableRow {
            endScoped(.table, isTable: true)
        }
        if name == .a { endFormatting(.a) }
        if name == .button { endScoped(.button) }
        push(Element(name: name, namespace: .html, traits: traits, isInert: name == .template && !isShadowRoot))
        return place
    }

    /// Ends what a cell, row or caption cannot be in; false if there is no table to put it into.
    private mutating func enterTablePart(_ name: HTMLElementName, _ traits: HTMLElementTraits) -> Bool {
        let isRow = name == .tr
        let holds: (Element) -> Bool = { element in
            guard element.namespace == .html else { return false }
            if element.name == .table || element.name == .template { return true }
            if isRow { return element.isTableRow && element.name != .tr }
            return traits.contains(.cell) && element.isTableRow
        }
        guard let index = stack.lastIndex(where: holds) else { return false }
        pop(to: index + 1)
        return true
    }

    // MARK: End tags

    /// Takes an end tag.
    mutating func end(_ name: HTMLElementName) {
        guard isForeign else { return endHTML(name) }
        if name == .p || name == .br {
            breakOut()
            return endHTML(name)
        }
        for index in stack.indices.reversed() {
            if stack[index].namespace == .html { return endHTML(name) }
            if stack[index].name == name { return pop(to: index) }
        }
    }

    private mutating func endHTML(_ name: HTMLElementName) {
        let traits = table[name]
        if name == .template {
            if let index = stack.lastIndex(where: { $0.name == name && $0.namespace == .html }) { pop(to: index) }
        } else if name == .p {
            endParagraph()
        } else if name == .table || traits.contains(.tablePart) {
            endScoped(name, isTable: true)
        } else if traits.contains(.heading) {
            if let index = scoped({ $0.traits.contains(.heading) }) { pop(to: index) }
        } else if name == .form {
            if let index = scoped({ $0.name == name }) { stack.remove(at: index) }
        } else if traits.contains(.formatting) {
            endFormatting(name)
        } else if traits.contains(.endsContent) {
            endScoped(name)
        } else if traits.isDisjoint(with: [.void, .transparent]) {
            endOther(name)
        }
    }

    private mutating func endOther(_ name: HTMLElementName) {
        for index in stack.indices.reversed() {
            if stack[index].namespace == .html, stack[index].name == name { return pop(to: index) }
            if stack[index].isSpecial { return }
        }
    }

    private mutating func endFormatting(_ name: HTMLElementName) {
        guard let index = scoped({ $0.name == name }) else { return }
        guard let block = stack.lastIndex(where: \.isSpecial), block > index else { return pop(to: index) }
        // Blocks inside it stay open, and what is inside the last of them ends.
        pop(to: block + 1)
        stack.remove(at: index)
    }

    private mutating func endParagraph() {
        guard let index = scoped({ $0.name == .p }, isButton: true) else { return }
        pop(to: index)
    }

    /// The start of a list item ends the one before it in the same list.
    private mutating func endItem(_ name: HTMLElementName) {
        let isList = name == Self.li
        for index in stack.indices.reversed() {
            let element = stack[index]
            if element.namespace == .html, element.traits.contains(.item), (element.name == Self.li) == isList {
                return pop(to: index)
            }
            if element.isSpecial, !Self.passable.contains(element.name) { return }
        }
    }

    private static let li = HTMLElementName("li")
    private static let passable: Set<HTMLElementName> = [HTMLElementName("address"), HTMLElementName("div"), .p]

    private mutating func endScoped(_ name: HTMLElementName, isTable: Bool = false) {
        if let index = scoped({ $0.name == name }, isTable: isTable) { pop(to: index) }
    }

    // MARK: The stack

    /// The innermost HTML element of a kind that is in scope; with `isTable` in table scope, with `isButton` in button
    /// scope.
    private func scoped(_ matches: (Element) -> Bool, isTable: Bool = false, isButton: Bool = false) -> Int? {
        for index in stack.indices.reversed() {
            let element = stack[index]
            if element.namespace == .html {
                if matches(element) { return index }
                if element.name == .table || element.name == .template { return nil }
                if isButton, element.name == .button { return nil }
            }
            if !isTable, element.isScope { return nil }
        }
        return nil
    }

    private mutating func push(_ element: Element) {
        guard stack.count < Self.limit else { return }
        stack.append(element)
        if element.isInert { inert += 1 }
    }

    private mutating func pop() { if stack.removeLast().isInert { inert -= 1 } }

    private mutating func pop(to count: Int) { while stack.count > count { pop() } }
}

extension HTMLOpenElements.Element {
    fileprivate var isSpecial: Bool { namespace == .html ? traits.contains(.special) : isPoint }
    fileprivate var isScope: Bool { namespace == .html ? traits.contains(.scope) : isPoint }

    /// Special elements and boundaries of the scope outside HTML.
    private var isPoint: Bool {
        namespace == .svg ? traits.contains(.svgHTML) : traits.contains(.mathText) || name == .annotationXML
    }

    /// A row or a group of rows.
    fileprivate var isTableRow: Bool {
        namespace == .html && traits.contains(.tablePart) && !traits.contains(.cell)
    }
}
