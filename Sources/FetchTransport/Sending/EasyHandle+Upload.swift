import CCurl

/// Sending a body that is read while it is sent.
extension EasyHandle {
    /// The value of `CURL_READFUNC_ABORT`, a macro that Swift does not import.
    private static let abort = 0x1000_0000

    /// Makes libcurl read the body of the request from a stream, which must live until the transfer has ended.
    func setUpload(_ stream: UploadStream, method: String) {
        let address = Unmanaged.passUnretained(stream).toOpaque()
        ccurl_set_read_functions(
            pointer,
            { bytes, size, count, stream in
                guard let bytes, let stream else { return EasyHandle.abort }
                return Unmanaged<UploadStream>.fromOpaque(stream)._withUnsafeGuaranteedRef {
                    $0.read(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count)) ?? EasyHandle.abort
                }
            },
            { stream, offset, origin in
                guard let stream, origin == 0 else { return CURL_SEEKFUNC_FAIL }
                return Unmanaged<UploadStream>.fromOpaque(stream)._withUnsafeGuaranteedRef {
                    $0.seek(to: Int(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
                }
            }, address)
        ccurl_set_long(pointer, CURLOPT_UPLOAD, 1)
        ccurl_set_offset(pointer, CURLOPT_INFILESIZE_LARGE, curl_off_t(stream.size))
        if method != "PUT" { ccurl_set_string(pointer, CURLOPT_CUSTOMREQUEST, method) }
    }
}
