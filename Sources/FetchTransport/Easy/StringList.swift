import CCurl

/// A `curl_slist`: libcurl reads it while the option that contains it is set, so its owner frees it.
struct StringList {
    private(set) var head: UnsafeMutablePointer<curl_slist>?

    init(_ strings: [String]) {
        // Walking to the end for each append would make long lists quadratic, so it appends after the last node.
        var tail: UnsafeMutablePointer<curl_slist>?
        for string in strings {
            guard let node = ccurl_list_append(nil, string) else { continue }
            if let tail { tail.pointee.next = node } else { head = node }
            tail = node
        }
    }

    func free() {
        ccurl_list_free(head)
    }
}
