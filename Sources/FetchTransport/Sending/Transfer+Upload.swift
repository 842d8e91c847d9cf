import FetchHTTP

/// The body that a transfer reads from files.
extension Transfer {
    /// Opens the files of a body; returns why they cannot be sent.
    func openUpload(_ body: UploadBody) -> FetchError? {
        do throws(FetchError) {
            upload = try UploadStream(body)
            return nil
        } catch {
            return error
        }
    }

    /// Closes the files.
    func closeUpload() {
        guard let upload else { return }
        upload.close()
        self.upload = nil
    }
}
