import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem

/// What the user's file has for certain hosts, in a command of curl. Of two equal options curl takes the last.
extension CurlCommand {
    /// The options for a URL, and what they would send to wherever a redirect leads.
    mutating func ownWords(for url: FetchURL) -> (words: [ShellWord], strayed: [String]) {
        var words: [ShellWord] = []
        var strayed: [String] = []
        if let proxy = routes?.proxy(for: url) {
            var word = ShellWord()
            let bytes = ByteText.bytes(of: proxy)
            if bytes.contains(UInt8(ascii: "@")) {
                let name = "proxy of \(url.host)"
                word.append(variable: variable("Host proxy", bytes, meaning: "the URL of the \(name)"))
                strayed.append("the password of the \(name)")
            } else {
                word.append(bytes)
            }
            words += [ShellWord("-x"), word, ShellWord("--noproxy"), ShellWord("")]
        }
        if let certificate = routes?.certificate(for: url) {
            let type = certificate.isPKCS12 ? "P12" : "PEM"
            words += ["-E", certificate.file, "--cert-type", type].map { ShellWord($0) }
            if !certificate.isPKCS12 { words += ["--key", certificate.file].map { ShellWord($0) } }
            strayed.append("the client certificate of \(url.host)")
        }
        if let time = limits?.maxTime.value(for: url) {
            words += ["-m", time == .zero ? "0" : CurlPlan.seconds(time)].map { ShellWord($0) }
        }
        return (words, strayed)
    }
}
