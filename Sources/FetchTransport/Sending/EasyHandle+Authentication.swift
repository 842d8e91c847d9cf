import FetchHTTP
import CCurl

/// The credentials of a handle that libcurl answers challenges with.
struct ChallengedCredentials {
    /// The value of Authorization that they were taken from, and the origin they are for; nil for none.
    fileprivate(set) var applied: (value: [UInt8], origin: Origin)?
}

/// Authentication that takes more than one request: libcurl answers the challenge. Who gets credentials is decided where it is
/// for Basic: they arrive in an Authorization field.
extension EasyHandle {
    /// Whether the handle has answered challenges for others: libcurl keeps what it knows of a server (Digest's nonce) as long
    /// as the handle lives, and would begin with it elsewhere.
    func hasOtherCredentials(than request: Request) -> Bool {
        guard let applied = authentication.applied else { return false }
        return applied.origin != request.url.origin || applied.value != request.headers.bytes(of: "authorization")
    }

    /// Passes the user and the password of an Authorization field for Basic to libcurl, in place of the field.
    func takeCredentials(from fields: inout HeaderFields, for url: FetchURL) {
        guard let scheme = options.details?.authentication, scheme.needsChallenge else { return }
        guard let value = fields.bytes(of: "authorization"), let credentials = Credentials(basic: value),
            !credentials.user.contains(0), !credentials.password.contains(0)
        else { return removeCredentials() }
        fields = fields.keeping { $0.lowercased() != "authorization" }
        ccurl_set_long(pointer, CURLOPT_HTTPAUTH, scheme.curl)
        set(CURLOPT_USERNAME, credentials.user)
        set(CURLOPT_PASSWORD, credentials.password)
        // NTLM and Negotiate authenticate a connection, and libcurl has more than once given it to a request of another user:
        // CVE-2014-0015, CVE-2015-3143, CVE-2015-3148, CVE-2026-1965.
        if scheme != .digest { forbidReuse() }
        authentication.applied = (value, url.origin)
    }

    private func removeCredentials() {
        guard authentication.applied != nil else { return }
        ccurl_set_long(pointer, CURLOPT_HTTPAUTH, AuthenticationScheme.basic.curl)
        ccurl_set_pointer(pointer, CURLOPT_USERNAME, nil)
        ccurl_set_pointer(pointer, CURLOPT_PASSWORD, nil)
        authentication.applied = nil
    }

    private func set(_ option: CURLoption, _ bytes: [UInt8]) {
        _ = ccurl_set_string(pointer, option, bytes.map { CChar(bitPattern: $0) } + [0])
    }
}

extension AuthenticationScheme {
    /// The bits of CURLOPT_HTTPAUTH: `CURLAUTH_ANY` is a macro that Swift does not import, all but Digest as Internet Explorer
    /// had it.
    fileprivate var curl: Int {
        switch self {
        case .basic: 1
        case .digest: 2
        case .negotiate: 4
        case .ntlm: 8
        case .any: ~16
        }
    }
}
