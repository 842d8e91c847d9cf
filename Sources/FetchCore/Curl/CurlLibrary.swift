import CCurl

/// Facts about the libcurl that this process runs with.
public enum CurlLibrary {
    /// Its version and those of the libraries below it, as `curl --version` shows them.
    public static var version: String { String(cString: curl_version()) }
}
