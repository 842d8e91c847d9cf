import CDynamic
import FetchSystem

/// Parses XML that ``XMLMender`` has prepared, in pieces; the only file that uses libxml2.
///
/// Nothing is loaded or expanded: there is no tree, no external subset is read, the network is off, and a document that
/// declares an entity is refused there. libxml2's own limits on depth and length stay enabled.
final class XMLPushParser {
    /// The events of the document, in order.
    enum Event {
        /// The name and the attributes without their prefixes.
        case start(name: String, attributes: [(name: String, value: String)])
        case text([UInt8])
        case end
    }

    /// The events that the callbacks record. The callbacks run inside libxml2 and do nothing else.
    private final class Recorder {
        var events: [Event] = []
        var declaresEntities = false
    }

    private let library: UnsafePointer<cdynamic_xml>
    private let recorder = Recorder()
    private var context: OpaquePointer?

    /// Makes a parser; nil when memory is exhausted or libxml2 is not installed.
    init?() {
        guard let library = cdynamic_load_xml() else { return nil }
        self.library = library
        var handler = cdynamic_xml_handler()
        handler.initialized = CDYNAMIC_XML_SAX2
        handler.startElementNs = { recorder, name, _, _, _, _, count, _, attributes in
            guard let name, let recorder = XMLPushParser.recorder(recorder) else { return }
            recorder.events.append(
                .start(name: String(cString: name), attributes: XMLPushParser.attributes(attributes, Int(count))))
        }
        handler.endElementNs = { recorder, _, _, _ in XMLPushParser.recorder(recorder)?.events.append(.end) }
        handler.characters = { recorder, start, count in XMLPushParser.text(recorder, start, count) }
        handler.cdataBlock = { recorder, start, count in XMLPushParser.text(recorder, start, count) }
        handler.entityDecl = { recorder, _, _, _, _, _ in XMLPushParser.recorder(recorder)?.declaresEntities = true }
        // libxml2 copies the handler. The recorder lives as long as this object, which frees the context first.
        let pointer = Unmanaged.passUnretained(recorder).toOpaque()
        let made = withUnsafeMutablePointer(to: &handler) {
            library.pointee.xmlCreatePushParserCtxt(OpaquePointer($0), pointer, nil, 0, nil)
        }
        guard let context = made else { return nil }
        _ = library.pointee.xmlCtxtUseOptions(context, Int32(CDYNAMIC_XML_NONET | CDYNAMIC_XML_NOERROR))
        self.context = context
    }

    deinit {
        guard let context else { return }
        if let document = Self.state(context).myDoc { library.pointee.xmlFreeDoc(document) }
        library.pointee.xmlFreeParserCtxt(context)
    }

    /// Parses a piece and returns its events.
    func push(_ piece: ArraySlice<UInt8>) -> [Event] { parse(piece, isEnd: false) }

    /// Ends the document.
    func finish() -> [Event] { parse([], isEnd: true) }

    /// The error that ended the document, with its line; nil if there is none. No events follow it.
    var problem: String? {
        if recorder.declaresEntities { return "it declares entities" }
        guard let context, Self.state(context).wellFormed == 0 else { return nil }
        guard let last = library.pointee.xmlCtxtGetLastError(UnsafeMutableRawPointer(context)) else {
            return "broken XML"
        }
        let error = UnsafePointer<cdynamic_xml_error>(last).pointee
        guard let message = error.message else { return "broken XML" }
        let line = String(cString: message).prefix { $0 != "\n" }
        return "broken XML in line \(error.line): \(line)"
    }

    private func parse(_ piece: ArraySlice<UInt8>, isEnd: Bool) -> [Event] {
        guard let context, problem == nil else { return [] }
        piece.withUnsafeBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            _ = library.pointee.xmlParseChunk(context, start, Int32(clamping: bytes.count), isEnd ? 1 : 0)
        }
        defer { recorder.events.removeAll(keepingCapacity: true) }
        return recorder.events
    }

    /// The fields of a context that say how far it is.
    private static func state(_ context: OpaquePointer) -> cdynamic_xml_context {
        UnsafePointer<cdynamic_xml_context>(context).pointee
    }

    /// Whether libxml2 could be loaded.
    static var isThere: Bool { cdynamic_load_xml() != nil }

    private static func recorder(_ pointer: UnsafeMutableRawPointer?) -> Recorder? {
        pointer.map { Unmanaged<Recorder>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func text(_ recorder: UnsafeMutableRawPointer?, _ start: UnsafePointer<UInt8>?, _ count: Int32) {
        guard let start, let recorder = Self.recorder(recorder) else { return }
        recorder.events.append(.text(Array(UnsafeBufferPointer(start: start, count: Int(count)))))
    }

    /// libxml2 passes five pointers for each attribute: name, prefix, namespace, and the two ends of the value.
    private static func attributes(
        _ pointers: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ count: Int
    ) -> [(name: String, value: String)] {
        guard let pointers else { return [] }
        return (0..<count).compactMap { number in
            guard let name = pointers[5 * number], let start = pointers[5 * number + 3],
                let end = pointers[5 * number + 4]
            else { return nil }
            let value = String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
            // If nothing is expanded, libxml2 leaves `&amp;` in attributes, and only it, as this reference.
            return (String(cString: name), value.replacing(text: "&#38;", with: "&"))
        }
    }
}
