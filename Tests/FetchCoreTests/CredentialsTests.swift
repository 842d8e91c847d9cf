import FetchHTTP
import FetchSystem
import Foundation
import TestSupport
import Testing

/// Passwords on their way into a field, and nowhere else.
@Suite struct CredentialsTests {
    @Test func encodesThePairOfTheStandard() {
        // RFC 7617 §2 and §2.1.
        #expect(Credentials(pair: "Aladdin:open sesame").basic == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        #expect(Credentials(pair: "test:123£").basic == "Basic dGVzdDoxMjPCow==")
    }

    @Test func decodesTheUserinfoOfAURL() throws {
        func basic(_ url: String) throws -> String { Credentials(userinfoOf: try FetchURL.parse(url)).basic }
        #expect(try basic("http://user:p%40ss%3A@a.test/") == Credentials(pair: "user:p@ss:").basic)
        #expect(try basic("http://token@a.test/") == Credentials(pair: "token:").basic)
        #expect(try basic("http://:pw@a.test/") == Credentials(pair: ":pw").basic)
        #expect(try basic("http://50%25:1%2@a.test/") == Credentials(pair: "50%:1%2").basic)
        #expect(try basic("http://%FF@a.test/") == "Basic /zo=")
    }

    @Test func neverShowsThem() {
        let credentials = Credentials(pair: "user:secret")
        #expect("\(credentials)" == "***")
        #expect(String(describing: credentials) == "***")
    }
}

/// RFC 4648.
@Suite struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]) func encodesTheVectorsOfTheStandard(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
    }

    @Test func agreesWithFoundation() {
        var random = SeededRandom(seed: 64)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Base64.encode(bytes) == Data(bytes).base64EncodedString())
        }
    }
}

/// Names of statuses.
@Suite struct StatusTextTests {
    @Test func namesTheStatusesThatPeopleMeet() {
        #expect(StatusText.line(404) == "404 Not Found")
        #expect(StatusText.line(429) == "429 Too Many Requests")
        #expect(StatusText.line(503) == "503 Service Unavailable")
    }

    @Test func showsABareNumberForOthers() {
        #expect(StatusText.line(599) == "599")
        #expect(StatusText.line(0) == "0")
    }
}
