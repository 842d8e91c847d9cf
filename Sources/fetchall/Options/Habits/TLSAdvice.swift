import FetchHTTP
import FetchRecords
import FetchSystem

/// Which option helps when TLS failed. The core knows no options, so that its message cannot name one.
enum TLSAdvice {
    /// A sentence that names the option; nil where no option helps.
    ///
    /// - Parameter error: An error of kind `tls-failed`, with OpenSSL's reason as libcurl words it.
    static func line(for error: FetchError) -> String? {
        let text = error.message.lowercased()
        switch error.curlCode?.rawValue {
        case 60 where text.contains(text: "subject name") || text.contains(text: "host name"):
            return "the certificate is for another name: correct the URL, or accept it with -k (--insecure)"
        case 60 where text.contains(text: "expired") || text.contains(text: "not yet valid"):
            return "check this machine's clock, or accept the certificate with -k (--insecure)"
        case 51, 60:
            return "trust its issuer with --cacert FILE, or accept any certificate with -k (--insecure)"
        case 58: return "--cert FILE and --key FILE need a certificate and its key (PEM)"
        case 77: return "--cacert FILE, SSL_CERT_FILE and CURL_CA_BUNDLE need certificates (PEM)"
        default: break
        }
        if text.contains(text: "certificate required") || text.contains(text: "handshake failure")
            || text.contains(text: "bad certificate")
        {
            return "the server may want a certificate: --cert FILE, --key FILE"
        }
        if text.contains(text: "wrong version number") || text.contains(text: "packet length too long") {
            return "the server does not speak TLS there: try http:// or another port"
        }
        return nil
    }
}

extension RunConclusion {
    /// Names the option that helps against the first failure of TLS.
    func adviseTLS(_ summary: Summary) {
        guard !output.quiet, let (url, error) = summary.firstTLSFailure, let line = TLSAdvice.line(for: error) else {
            return
        }
        console.say("fetchall: TLS failed for \(url): \(line)")
    }
}
