import FetchHTML
import FetchHTTP
package import FetchSystem

/// Reads documents: bytes to links, targets and what is at the paths of files. It blocks, and runs on a thread of its own.
struct DocumentSource: Sendable {
    let options: CheckOptions

    /// Reads the body of a page.
    func scan(_ body: [UInt8], of url: FetchURL, contentType: String?) -> Result<ReadDocument, InputFailure> {
        let encoding = contentType.flatMap { MIMEType(extractingFrom: $0)?.charset }
        do throws(DocumentError) {
            let scan = try DocumentReader.scan(body, format: .html, encoding: encoding)
            return .success(resolved(scan, of: url))
        } catch {
            return .failure(InputFailure("\(url.redacted): \(error.message)"))
        }
    }

    /// The links of a page that was read.
    func resolved(_ scan: DocumentScan, of url: FetchURL) -> ReadDocument {
        var document = resolved(scan, LinkContext(document: .url(url), base: scan.base))
        document.url = url
        document.base = scan.base
        return document
    }

    /// Reads a file.
    func read(_ path: String, _ format: DocumentFormat) -> Result<ReadDocument, InputFailure> {
        let bytes: [UInt8]
        if path == CheckPlan.standardInput, let text = options.text {
            bytes = text
        } else {
            do throws(InputFailure) {
                bytes = try LocalFile.read(path)
            } catch {
                return .failure(error)
            }
        }
        do throws(DocumentError) {
            let scan = try DocumentReader.scan(bytes, format: format)
            return .success(
                resolved(
                    scan,
                    LinkContext(
                        document: .file(path), base: scan.base, rootDirectory: options.rootDirectory,
                        baseURL: options.baseURL)))
        } catch {
            return .failure(InputFailure("\(ByteText.shown(path)): \(error.message)"))
        }
    }

    /// The links of a document with what they lead to. What links have before their fragments is read, and a path looked up,
    /// once.
    private func resolved(_ scan: DocumentScan, _ context: LinkContext) -> ReadDocument {
        var document = ReadDocument(anchors: scan.anchors)
        var targets: [Substring: (LinkTarget, LocalFile.Answer?)] = [:]
        let reader = LinkTargetReader(context: context)
        document.links.reserveCapacity(scan.links.count)
        for link in scan.links {
            let (whole, fragment) = Self.divided(link.target)
            if let (target, file) = targets[whole] {
                document.links.append(.init(link: link, target: target.with(fragment: fragment), file: file))
                continue
            }
            let target = reader.read(String(whole))
            var answer: LocalFile.Answer?
            if case .file(let path, _) = target, !options.onlyLists {
                answer = LocalFile.look(path, below: options.rootDirectory)
            }
            switch target {
            case .url where !whole.isEmpty, .file where !whole.isEmpty:
                targets[whole] = (target, answer)
                document.links.append(.init(link: link, target: target.with(fragment: fragment), file: answer))
            default:
                document.links.append(.init(link: link, target: reader.read(link.target), file: answer))
            }
        }
        return document
    }

    /// What precedes the fragment, and the fragment; the whole of a target with white space, which is removed from URLs.
    private static func divided(_ target: String) -> (Substring, String?) {
        var hash: String.Index?
        for index in target.utf8.indices {
            let byte = target.utf8[index]
            if byte <= 0x20 { return (target[...], nil) }
            if byte == UInt8(ascii: "#"), hash == nil { hash = index }
        }
        guard let hash else { return (target[...], nil) }
        return (target[..<hash], String(target[target.utf8.index(after: hash)...]))
    }
}

extension LinkTarget {
    /// The target with a fragment in place of none.
    fileprivate func with(fragment: String?) -> LinkTarget {
        guard let fragment else { return self }
        switch self {
        case .url(let url, _): return .url(url, fragment: fragment)
        case .file(let path, _): return .file(path: path, fragment: fragment)
        default: return self
        }
    }
}

extension CheckOptions {
    /// The documents in files, and standard input if it is one.
    package var sources: [DocumentFinder.Document] {
        documents + (text == nil ? [] : [.init(path: CheckPlan.standardInput, format: .text)])
    }

    /// The links of a document, a line for each: `file:line:column`, a tab, and what it leads to.
    package func lines(of document: DocumentFinder.Document) throws(InputFailure) -> [String] {
        let name = ByteText.shown(document.path)
        return try DocumentSource(options: self).read(document.path, document.format).get().links.map { found in
            let target =
                switch found.target {
                case .url(let url, let fragment): url.redacted + (fragment.map { "#" + $0 } ?? "")
                case .file(let path, let fragment): ByteText.shown(path) + (fragment.map { "#" + $0 } ?? "")
                default: PrintableURL.hidingCredentials(in: found.link.target)
                }
            return "\(name):\(found.link.line):\(found.link.column)\t\(target)"
        }
    }
}
