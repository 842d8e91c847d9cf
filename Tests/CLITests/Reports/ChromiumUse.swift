import FoundationEssentials
import TestSupport
import Testing

/// What ``ChromiumUse/run(_:_:)`` found on the page of a report.
struct ChromiumUse: Decodable, Sendable {
    /// The milliseconds from the start of the navigation to the end of the script.
    let ready: Int
    /// The rows of the table on its first page.
    let rows: Int
    /// What the head of the first column says after Enter on its button, and the first row then.
    let sorted: String
    let first: String
    /// The counts after `found` was typed into the search field, and after failed records were selected.
    let found: String
    let failed: String
    /// The page after a click on the button for the next one.
    let page: String
    /// The widths of windows in which the page is wider than the window.
    let wide: [Int]
    /// The number of buttons and fields without a name.
    let unnamed: Int
    /// What the console got, and the addresses of requests for anything but the page.
    let console: [String]
    let requests: [String]

    /// Opens a page in Chromium and uses it with keys and clicks, through a pipe (--remote-debugging-pipe).
    static func run(_ file: String, _ scratch: Scratch) async throws -> ChromiumUse {
        let driver = try scratch.write("drive.py", script)
        let result = try await Tool.shell(
            "exec timeout 100 python3 \"$1\" \"$2\" \"$3\"", [driver, file, scratch("used")],
            environment: ["HOME": scratch.path])
        #expect(result.exit == 0, "\(result.stderr)")
        return try JSONDecoder().decode(ChromiumUse.self, from: Data(result.bytes))
    }

    private static let script = ##"""
        import fcntl, json, os, subprocess, sys, time
        page, profile = sys.argv[1], sys.argv[2]
        to_browser, to_us = os.pipe(), os.pipe()
        def hand_over():
            os.dup2(to_browser[0], 3); os.dup2(to_us[1], 4)
        # The ends that Chromium gets are moved away from 3 and 4 first.
        to_browser = (fcntl.fcntl(to_browser[0], fcntl.F_DUPFD, 10), fcntl.fcntl(to_browser[1], fcntl.F_DUPFD_CLOEXEC, 10))
        to_us = (fcntl.fcntl(to_us[0], fcntl.F_DUPFD_CLOEXEC, 10), fcntl.fcntl(to_us[1], fcntl.F_DUPFD, 10))
        browser = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--user-data-dir=" + profile, "--remote-debugging-pipe"],
            preexec_fn=hand_over, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser[0]); os.close(to_us[1])
        reader = os.fdopen(to_us[0], "rb", 0)
        events, buffer, number = [], b"", 0
        def message():
            global buffer
            while b"\0" not in buffer:
                piece = reader.read(65536)
                if not piece: raise SystemExit("chromium has ended")
                buffer += piece
            text, buffer = buffer.split(b"\0", 1)
            return json.loads(text)
        def call(method, session=None, **parameters):
            global number
            number += 1
            request = {"id": number, "method": method, "params": parameters}
            if session: request["sessionId"] = session
            os.write(to_browser[1], json.dumps(request).encode() + b"\0")
            while True:
                answer = message()
                if answer.get("id") == number:
                    if "error" in answer: raise SystemExit(method + ": " + str(answer["error"]))
                    return answer["result"]
                events.append(answer)
        target = call("Target.createTarget", url="about:blank")["targetId"]
        session = call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"): call(domain + ".enable", session)
        def run(script):
            result = call("Runtime.evaluate", session, expression=script, returnByValue=True, awaitPromise=True)
            if "exceptionDetails" in result: raise SystemExit(script + ": " + str(result["exceptionDetails"]))
            return result["result"].get("value")
        def key(name, code, text=None):
            extra = {"text": text} if text else {}
            call("Input.dispatchKeyEvent", session, type="keyDown", key=name, code=name, windowsVirtualKeyCode=code, **extra)
            call("Input.dispatchKeyEvent", session, type="keyUp", key=name, code=name, windowsVirtualKeyCode=code)
        call("Page.navigate", session, url="file://" + page)
        until = time.time() + 20
        while run("document.documentElement?.dataset.ready || ''") == "" and time.time() < until: time.sleep(0.05)
        result = {"ready": run("Number(document.documentElement.dataset.ready)")}
        result["rows"] = run("document.querySelectorAll('#rows tbody tr').length")
        run("document.querySelector('#rows th button[data-column=\"0\"]').focus()")
        key("Enter", 13, "\r")
        result["sorted"] = run("document.querySelector('#rows th').getAttribute('aria-sort')")
        result["first"] = run("document.querySelector('#rows tbody tr td').textContent")
        run("document.getElementById('search').focus()")
        for letter in "found": key(letter, ord(letter.upper()), letter)
        time.sleep(0.5)
        result["found"] = run("document.getElementById('count').textContent")
        run("""const search = document.getElementById('search');
            search.value = ''; search.dispatchEvent(new Event('input'))""")
        time.sleep(0.5)
        run("document.getElementById('next').click()")
        result["page"] = run("document.getElementById('page').textContent")
        run("""const show = document.getElementById('show');
            show.value = 'failed'; show.dispatchEvent(new Event('change'))""")
        result["failed"] = run("document.getElementById('count').textContent")
        result["wide"] = []
        for width in (360, 768, 1440):
            call("Emulation.setDeviceMetricsOverride", session, width=width, height=800, deviceScaleFactor=1,
                 mobile=width < 400)
            if run("document.documentElement.scrollWidth > innerWidth"): result["wide"].append(width)
        result["unnamed"] = run("""[...document.querySelectorAll('button, input, select')]
            .filter((e) => !(e.innerText || (e.labels && e.labels.length))).length""")
        said = ("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled")
        result["console"] = [str(e["params"])[:300] for e in events if e["method"] in said]
        sent = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
        result["requests"] = [url for url in sent if url != "file://" + page]
        print(json.dumps(result))
        call("Browser.close")
        """##
}
