import FetchSystem

/// What to type for an option of curl or wget that fetchall does not have. docs/curl.md lists those of curl.
enum HabitAdvice {
    /// The line for the user, if the parser does not know an option of curl or wget; nil otherwise.
    ///
    /// - Parameter line: The parser's message: `Unknown option '--ftp-port'`, `Missing value for '-c <file>'`.
    static func line(for line: String) -> String? {
        if line.hasPrefix("Missing value for '-c") {
            return "-c needs the file of a cookie jar, as in curl; to continue a download, use -C -"
        }
        let prefix = "Unknown option '"
        guard line.hasPrefix(prefix) else { return nil }
        let name = line.dropFirst(prefix.count).prefix { $0 != "'" && $0 != "=" }
        guard let advice = advice(for: String(name)) else { return nil }
        return "'\(name)' is not an option: \(advice)"
    }

    /// What to do instead of an option; nil for one that is neither curl's nor wget's.
    static func advice(for name: String) -> String? {
        for (advice, names) in curl + wget where names.split(separator: " ").contains(where: { $0 == name }) {
            return advice
        }
        // wget joins values to letters too.
        if name.hasPrefix("-t"), name.dropFirst(2).utf8.allSatisfy(\.isASCIIDigit) { return advice(for: "--tries") }
        return nil
    }

    /// Options of curl, by advice. The names are separated by spaces.
    private static let curl = [
        ("only http and https are supported", otherProtocols),
        ("libcurl asks for names through the system; it would need c-ares", nameServers),
        (
            "it is for Schannel on Windows",
            "--ssl-auto-client-cert --ssl-no-revoke --ssl-revoke-best-effort "
                + "--proxy-ssl-auto-client-cert"
        ),
        (
            "the system's certificates are trusted unless --cacert is given",
            "--ca-native --proxy-ca-native --dump-ca-embed"
        ),
        (
            "it needs a newer libcurl than 7.88.1",
            "--signature-algorithms --tls-earlydata --ech --proxy-http2 --haproxy-clientip"
        ),
        ("libcurl is built without HTTP/3", "--http3 --http3-only"),
        (
            "HTTP/2 is used over TLS only: without it libcurl before 8.0.0 breaks reused connections",
            "--http2-prior-knowledge"
        ),
        ("connections of a run would each write a list of their own; write https:// URLs", "--hsts --alt-svc"),
        ("requests are not signed; use -H with a field that is", "--aws-sigv4"),
        ("this form of TLS or HTTP is obsolete and not supported", obsolete),
        ("redirects get credentials of their own origin only", "--location-trusted"),
        ("each input is a request of its own; use JSON lines for requests that differ", "-: --next --variable"),
        ("URLs are normalised as browsers do it", "--path-as-is"),
        ("use --cache", "--etag-compare --etag-save"),
        ("use --trace FILE, or -v", "--trace-config --trace-ids"),
        ("use --no-config; -q is quiet", "--disable"),
        ("it is for files on servers of SFTP; use the shell's umask", "--create-file-mode"),
        ("records have no styles; see --color", "--styled-output"),
        ("lengths are checked; a wrong one is an error", "--ignore-content-length"),
        ("the ETag of a saved file is its only extended attribute", "--xattr"),
        ("see fetchall --help", "-M --manual --libcurl"),
        ("bodies are decoded unless --no-compressed is given", "--raw"),
    ]

    /// curl's options for protocols other than HTTP.
    private static let otherProtocols =
        "--append --crlf --ftp-account --ftp-alternative-to-user --ftp-create-dirs --ftp-method --ftp-pasv --ftp-port "
        + "--ftp-pret --ftp-skip-pasv-ip --ftp-ssl-ccc --ftp-ssl-ccc-mode --ftp-ssl-control --disable-eprt "
        + "--disable-epsv --hostpubmd5 --hostpubsha256 --pubkey --compressed-ssh --knownhosts --krb --list-only "
        + "--mail-auth --mail-from --mail-rcpt --mail-rcpt-allowfails --login-options --sasl-authzid --sasl-ir --quote "
        + "--telnet-option --tftp-blksize --tftp-no-options --ssl --ssl-reqd --use-ascii --upload-flags "
        + "--ipfs-gateway"

    /// curl's options for what is obsolete.
    private static let obsolete =
        "--http0.9 -2 --sslv2 -3 --sslv3 --ntlm-wb --proxy-ntlm --egd-file --random-file --metalink "
        + "--no-npn --false-start --engine"

    /// curl's options that c-ares would be needed for.
    private static let nameServers = "--dns-interface --dns-ipv4-addr --dns-ipv6-addr --dns-servers"

    /// Options of wget, by advice.
    private static let wget = [
        ("a list of URLs needs no option: fetchall urls.txt", "--input-file"),
        ("to write one body, type: fetchall --print body URL > FILE", "--output-document"),
        ("use --retry N", "-t --tries"),
        ("use -m TIME, or --connect-timeout TIME", "--timeout --read-timeout --dns-timeout"),
        ("use -k", "--no-check-certificate"),
        ("use -I", "--spider"),
        ("use fetchall crawl URL --output-dir DIR", "--mirror --recursive -l --page-requisites"),
        ("use --max-depth", "--level"),
        ("use --scope prefix with fetchall crawl", "-np --no-parent"),
        ("use --rate-host 1/2s, or --delay with fetchall crawl", "--wait --random-wait"),
        ("use -d DATA", "--post-data --body-data"),
        ("use -d @FILE", "--post-file --body-file"),
        ("use -X METHOD", "--method"),
        ("use -J", "--content-disposition --trust-server-names"),
        ("use -b FILE", "--load-cookies"),
        ("use -c FILE", "--save-cookies --keep-session-cookies"),
        ("use -u USER:PASSWORD", "--password --http-user --http-password --ask-password"),
        ("use --cacert FILE", "--ca-certificate"),
        ("use --no-clobber", "-nc"),
        ("use -q, or nothing where standard error is no terminal", "-nv -nd -nH"),
        ("use --max-redirs N", "--max-redirect"),
        ("use --include-headers, or --print headers", "--server-response --save-headers"),
        ("use --filename-template '{host}/{path}'", "--force-directories"),
        ("use --no-compressed", "--compression"),
        ("use -x '' for no proxy", "--no-proxy"),
        ("use 2> FILE", "--output-file --append-output"),
        ("end the line with & to run it in the background", "--background"),
    ]
}
