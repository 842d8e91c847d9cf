import FetchHTTP
import FetchSystem
import FetchArgumentParser

/// The password of a client certificate's key that is encrypted, where `--pass` does not give it. Without it OpenSSL would ask on
/// the terminal itself, for each connection.
enum KeyPassword {
    /// Whether a PEM file has a key that is encrypted: PKCS #8 (RFC 7468 §11), or the older form (RFC 1421 §4.6.1.1).
    static func isEncrypted(_ bytes: [UInt8]) -> Bool {
        let marks = ["-----BEGIN ENCRYPTED PRIVATE KEY-----", "Proc-Type: 4,ENCRYPTED"].map { Array($0.utf8) }
        return bytes.split(separator: 0x0A).contains { line in marks.contains { line.starts(with: $0) } }
    }

    /// Asks for the password once, if one is needed.
    static func ask(_ network: inout NetworkOptions, _ console: Console) throws {
        guard network.details?.keyPassword == nil, let file = network.keyFile ?? network.certificateFile,
            let bytes = try? WholeFile.read(file)
        else { return }
        // A PKCS #12 file may have an empty password, which is tried where nobody can be asked.
        let isPKCS12 = network.keyFile == nil && network.details?.certificateIsPKCS12 == true
        guard isPKCS12 || isEncrypted(bytes) else { return }
        let name = TerminalText.escaped(file)
        if let password = PasswordPrompt.ask("Password for the key of '\(name)': ", console.signals) {
            var details = network.details ?? ConnectionDetails()
            details.keyPassword = ByteText.text(of: password)
            network.details = details
        } else if !isPKCS12 {
            throw ValidationError(
                "\(name): the key is encrypted, and there is no terminal to ask for its password; give --pass PASSWORD")
        }
    }
}
