import TestSupport
import Testing

@Suite("crawl --state on a full disk", .timeLimit(.minutes(20)))
struct CrawlStateFaultTests {
    private static func canMount() async throws -> Bool {
        try await Tool.shell("exec unshare -m sh -c 'mount -t tmpfs none /mnt'").exit == 0
    }

    @Test(.enabled("no mount namespaces") { try await canMount() }, arguments: [false, true])
    func `issue 21.4: a state that is half made leaves nothing, and the next run makes it`(isFresh: Bool) async throws {
        let server = try LoopbackServer { _ in .html("") }
        defer { server.stop() }
        // A state is 60 KB, and so is its log.
        let result = try await Tool.shell(
            """
            exec unshare -m sh -c 'for size in 4 8 12 24 32 48 64 80 96 112 128 144 160 256; do
                mount -t tmpfs -o size=${size}k none /mnt
                "$0" crawl --jsonl --no-robots --state /mnt/st "$@" 2>/tmp/$$.messages >/dev/null
                echo "$size $? $(wc -l </tmp/$$.messages) $(head -1 /tmp/$$.messages)"
                echo "files $(ls -A /mnt | tr "\\n" " ")"
                mount -o remount,size=8m /mnt
                "$0" crawl --jsonl --no-robots --state /mnt/st "$@" >/dev/null; echo "then $?"
                umount /mnt; done; rm /tmp/$$.messages' "$0" "$@"
            """, (isFresh ? ["--fresh"] : []) + ["\(server.baseURL)/"])
        let lines = result.lines.map(String.init)
        try #require(lines.count == 14 * 3, "\(result.stderr)")
        var failures = 0
        for index in stride(from: 0, to: lines.count, by: 3) {
            let words = lines[index].split(separator: " ", maxSplits: 3).map(String.init)
            #expect(lines[index + 2] == "then 0", "\(lines[index...(index + 2)]), \(result.stderr)")
            guard words[1] != "0" else { continue }
            failures += 1
            #expect(words[1] == "3" && words[2] == "1", "\(lines[index])")
            // The state itself is there if it was whole before the crawl filled the disk.
            let isMade = lines[index + 1].hasPrefix("files st ")
            #expect(isMade || lines[index + 1] == "files ", "\(lines[index...(index + 1)])")
        }
        #expect(failures > 3)
    }
}
