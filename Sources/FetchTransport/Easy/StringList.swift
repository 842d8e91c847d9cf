import CCurl

/// A `curl_slist`: libcurl reads it while the option that contains it is set, so its owner frees it.
struct StringList {
    private(set) var head: UnsafeMutablePointer<curl_slist>?

    init(_ strings: [String]) { self.init(lines: strings.map { Array($0.utf8) }) }

    /// - Parameter lines: Bytes without NUL, which need not be UTF-8.
    init(lines: [[UInt8]]) {
        // Walking to the end for each append would make long lists quadratic, so it appends after the last node.
        var tail: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            let text = line.map { CChar(bitPattern: $0) } + [0]
            guard let node = ccurl_list_append(nil, text) else { continue }
            if let tail { tail.pointee.next = node } else { head = node }
            tail = node
        }
    }

    func free() {
        ccurl_list_free(head)
    }
}
