import FetchHTTP
import Testing

/// Which proxy a URL goes through.
@Suite struct ProxyChoiceTests {
    private func proxy(_ url: String, option: String? = nil, _ environment: [String: String]) throws -> String {
        ProxyChoice(proxy: option) { environment[$0] }.proxy(for: try FetchURL.parse(url))
    }

    @Test func prefersWhatTheUserNames() throws {
        let environment = ["http_proxy": "http://e:1", "no_proxy": "direct.test"]
        #expect(try proxy("http://a.test/", option: "http://p:1", environment) == "http://p:1")
        #expect(try proxy("https://a.test/", option: "http://p:1", environment) == "http://p:1")
        #expect(try proxy("http://a.test/", option: "", environment) == "")
        #expect(try proxy("http://direct.test/", option: "http://p:1", environment) == "")
    }

    @Test func readsTheEnvironmentByScheme() throws {
        #expect(try proxy("http://a.test/", ["http_proxy": "h:1"]) == "h:1")
        #expect(try proxy("https://a.test/", ["http_proxy": "h:1"]) == "")
        #expect(try proxy("https://a.test/", ["HTTPS_PROXY": "s:1"]) == "s:1")
        #expect(try proxy("http://a.test/", ["HTTP_PROXY": "evil:1"]) == "")
        #expect(try proxy("http://a.test/", ["all_proxy": "x:1"]) == "x:1")
        #expect(try proxy("https://a.test/", ["ALL_PROXY": "x:1", "https_proxy": "s:1"]) == "s:1")
    }

    @Test func takesTheOptionInPlaceOfNoProxy() throws {
        let environment = ["http_proxy": "h:1", "no_proxy": "one.test"]
        for (list, host, found) in [
            ("two.test", "one.test", "h:1"), ("two.test", "a.two.test", ""), ("", "one.test", "h:1"),
            ("*", "x.test", ""),
        ] {
            let choice = ProxyChoice(proxy: nil, noProxy: list) { environment[$0] }
            #expect(choice.proxy(for: try FetchURL.parse("http://\(host)/")) == found)
        }
    }

    @Test func leavesOutWhatNoProxyNames() throws {
        let environment = ["http_proxy": "h:1", "no_proxy": "one.test, .two.test,127.0.0.1 ::1"]
        for direct in ["one.test", "a.one.test", "two.test", "b.two.test", "127.0.0.1", "[::1]", "ONE.test"] {
            #expect(try proxy("http://\(direct)/", environment) == "")
        }
        for other in ["xone.test", "one.test.org", "127.0.0.2", "[::2]"] {
            #expect(try proxy("http://\(other)/", environment) == "h:1")
        }
        #expect(try proxy("http://a.test/", ["http_proxy": "h:1", "NO_PROXY": "*"]) == "")
        #expect(try proxy("http://a.test/", ["http_proxy": "h:1", "no_proxy": ".,"]) == "h:1")
    }
}
