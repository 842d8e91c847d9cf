import FetchHTTP

/// Tells a display how far the body is. The gauge is nil without a display.
extension Transfer {
    /// Announces the length of the body, once its head was accepted.
    func announceBody() {
        guard let gauge, let length = head.length, length != .max, !head.hasTransferCoding, !isHead else { return }
        // libcurl reports no status for a proxy's response to CONNECT.
        let status = status
        guard status >= 200, status != 204, status != 304, gauge.announce(length: length), !isUnwanted else { return }
        showBody()
    }

    /// Shows a large body under the name of the URL that was asked for first: that of a redirect is often a number.
    func showBody() { gauge?.show(as: (limits.firstURL ?? url).map { LargeTransfer.name(of: $0) } ?? "") }
}
