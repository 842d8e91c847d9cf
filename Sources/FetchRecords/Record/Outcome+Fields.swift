package import FetchHTTP
package import FetchSystem

extension Outcome {
    /// The fixed fields of the record in their order, and the optional ones that are columns too. Unknown values are
    /// nil.
    package func visitFields<Sink: RecordSink, Out: ByteSink & ~Copyable>(
        _ options: RecordOptions, _ sink: inout Sink, into out: inout Out
    ) {
        sink.text(#","id":"#, input.id, into: &out)
        sink.integer(#","index":"#, input.index, into: &out)
        sink.text(#","url":"#, PrintableURL.text(of: input), into: &out)
        sink.text(#","url_effective":"#, effectiveURL?.redacted, into: &out)
        sink.text(#","method":"#, method, into: &out)
        sink.bool(#","ok":"#, isOK && crawl?.skipped == nil, into: &out)
        sink.integer(#","response_code":"#, response?.status, into: &out)
        sink.text(#","http_version":"#, (response?.httpVersion).nonEmpty, into: &out)
        sink.text(#","content_type":"#, response?.headers.contentType, into: &out)
        sink.error(error, into: &out)
        sink.integer(#","size_download":"#, response?.size, into: &out)
        sink.integer(#","num_redirects":"#, redirects, into: &out)
        sink.integer(#","num_retries":"#, retries, into: &out)
        sink.integer(#","num_connects":"#, response?.connects, into: &out)
        let remoteIP = (response?.remoteIP).nonEmpty
        sink.text(#","remote_ip":"#, remoteIP, into: &out)
        sink.integer(#","remote_port":"#, remoteIP == nil ? nil : response?.remotePort, into: &out)
        sink.timestamp(#","started_at":"#, startedAt, into: &out)
        sink.seconds(#","time_wait":"#, microseconds: wait.microseconds, into: &out)
        let timing = (timing ?? response?.timing)?.microseconds
        sink.seconds(#","time_namelookup":"#, microseconds: timing?.nameLookup, into: &out)
        sink.seconds(#","time_connect":"#, microseconds: timing?.connect, into: &out)
        sink.seconds(#","time_appconnect":"#, microseconds: timing?.appConnect, into: &out)
        sink.seconds(#","time_starttransfer":"#, microseconds: timing?.startTransfer, into: &out)
        sink.seconds(#","time_total":"#, microseconds: timing?.total, into: &out)
        sink.seconds(#","retry_after":"#, microseconds: error?.retryAfter?.microseconds, into: &out)
        sink.text(#","cache":"#, response?.cache?.rawValue, into: &out)
        sink.text(#","filename_effective":"#, fileName, into: &out)
        if options.hash != nil || options.saved { visitSavedFields(options, &sink, into: &out) }
        if let crawl { crawl.visitFields(options.saved ? saved?.skipped : nil, &sink, into: &out) }
    }

    private func visitSavedFields<Sink: RecordSink, Out: ByteSink & ~Copyable>(
        _ options: RecordOptions, _ sink: inout Sink, into out: inout Out
    ) {
        let saved = saved
        if let hash = options.hash {
            let digest = saved?.algorithm == hash ? saved?.digest : nil
            sink.text(hash.memberName, digest.map(Checksum.hexadecimal), into: &out)
        }
        if options.saved {
            sink.integer(#","resumed_from":"#, saved?.resumedFrom, into: &out)
            // The record of a page of a crawl has it in another place.
            if crawl == nil { sink.text(#","skipped":"#, saved?.skipped, into: &out) }
        }
    }

    /// The method of the request; nil for an input that is not a request.
    var method: String? {
        if case .success(let request) = input.request { request.method } else { nil }
    }
}

extension CrawlDetails {
    /// The fields that the record of a page has in addition.
    ///
    /// - Parameter savedSkip: Why the body was not saved; it counts if the crawl had no reason of its own.
    func visitFields<Sink: RecordSink, Out: ByteSink & ~Copyable>(
        _ savedSkip: String?, _ sink: inout Sink, into out: inout Out
    ) {
        sink.integer(#","depth":"#, depth, into: &out)
        sink.text(#","parent":"#, parent, into: &out)
        sink.text(#","title":"#, title, into: &out)
        sink.integer(#","links_found":"#, linksFound, into: &out)
        sink.text(#","robots":"#, robots, into: &out)
        sink.text(#","skipped":"#, skipped?.slug ?? savedSkip, into: &out)
    }
}

extension String? {
    /// The value, or nil where the transport reported nothing.
    var nonEmpty: String? { self?.isEmpty == false ? self : nil }
}
