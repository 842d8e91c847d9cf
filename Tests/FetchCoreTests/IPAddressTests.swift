import Testing

@testable import FetchHTTP

/// Which addresses belong to the public Internet.
@Suite struct IPAddressTests {
    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255",
        "127.0.0.1", "127.255.255.255", "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255",
        "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
        "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "[::]", "[::1]",
        "[::127.0.0.1]", "[::8.8.8.8]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::10.0.0.1]",
        "[64:ff9b::127.0.0.1]", "[64:ff9b:1::8.8.8.8]", "[100::1]", "[2001::1]", "[2001:10::1]", "[2001:db8::1]",
        "[2002:7f00:1::]", "[2002:a00:1::]", "[3fff::1]", "[5f00::1]", "[fc00::1]", "[fd00:ec2::254]", "[fe80::1]",
        "[febf::1]", "[fec0::1]", "[ff02::1]", "[4000::1]",
    ])
    func knowsWhatIsNotPublic(_ host: String) throws {
        #expect(try #require(IPAddress(host: host)).isPublic == false)
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0", "172.15.255.255",
        "172.32.0.0", "192.0.1.1", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
        "223.255.255.255", "[2001:200::1]", "[2001:4860:4860::8888]", "[2606:4700::1111]", "[::ffff:8.8.8.8]",
        "[64:ff9b::8.8.8.8]", "[2002:808:808::1]", "[2a00:1450::1]", "[3fff:1000::1]",
    ])
    func knowsWhatIsPublic(_ host: String) throws {
        #expect(try #require(IPAddress(host: host)).isPublic)
    }

    @Test(arguments: [
        "169.254.0.1", "169.254.169.254", "168.63.129.16", "100.100.100.200", "[fe80::1]", "[febf::1]",
        "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]",
    ])
    func `row 55: link-local addresses, and those of metadata`(_ host: String) throws {
        #expect(try #require(IPAddress(host: host)).isLinkLocal)
        #expect(try FetchURL.parse("http://\(host)/latest").isLinkLocal)
    }

    @Test(arguments: ["127.0.0.1", "10.0.0.1", "169.253.1.1", "100.100.100.201", "[::1]", "[fec0::1]", "[fd00::254]"])
    func `row 55: others are not`(_ host: String) throws {
        #expect(try #require(IPAddress(host: host)).isLinkLocal == false)
    }

    @Test(arguments: ["example.com", "1.2.3", "1.2.3.4.5", "01.2.3.4", "[::g]", "", "[]", "256.1.1.1"])
    func takesNothingElseForAnAddress(_ host: String) { #expect(IPAddress(host: host) == nil) }

    @Test func readsBytesOfASocketAddress() {
        #expect(IPAddress(networkOrder: [127, 0, 0, 1] as [UInt8])?.description == "127.0.0.1")
        let loopback: [UInt8] = Array(repeating: 0, count: 15) + [1]
        #expect(IPAddress(networkOrder: loopback)?.description == "::1")
        #expect(IPAddress(networkOrder: [1, 2, 3] as [UInt8]) == nil)
    }

    @Test(arguments: [
        "http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/",
        "http://[::1]/", "http://[::ffff:7f00:1]/", "http://0/", "http://localhost/", "http://LOCALHOST./",
        "http://a.b.localhost/", "http://%31%32%37.0.0.1/", "http://169.254.169.254/latest",
    ])
    func refusesAHostThatSaysByItselfWhatItIs(_ url: String) throws {
        #expect(try FetchURL.parse(url).privateHostFailure?.kind == .blockedAddress)
    }

    @Test(arguments: ["http://example.com/", "http://8.8.8.8/", "http://notlocalhost/", "http://localhost.example/"])
    func letsOtherHostsPass(_ url: String) throws {
        #expect(try FetchURL.parse(url).privateHostFailure == nil)
    }
}
