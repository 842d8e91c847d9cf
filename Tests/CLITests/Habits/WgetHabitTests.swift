import TestSupport
import Testing

@Suite("issue 23.4: tasks of wget's manual run by their habits, or fail with the right name", .timeLimit(.minutes(20)))
struct WgetHabitTests {
    @Test(arguments: tasks.indices)
    func `a task of wget's manual`(index: Int) async throws { try await Self.tasks[index].check() }

    private static let tasks: [HabitTask] = [
        HabitTask("-i FILE is refused: a list needs no option", ["-i", "urls.txt"], files: ["urls.txt": "BASE/a\n"]) {
            $0.refusal?.contains("a list needs no option: fetchall urls.txt") == true
        },
        HabitTask("--input-file says what to type", ["--input-file=urls.txt"], files: ["urls.txt": "BASE/a\n"]) {
            $0.refusal?.contains("fetchall urls.txt") == true
        },
        HabitTask("-O FILE is refused with what to type", ["-O", "page.html", "BASE/page"]) {
            $0.refusal?.contains("fetchall --print body URL > page.html") == true
        },
        HabitTask("-qO- is refused with what to type", ["-qO-", "BASE/page"]) {
            $0.refusal?.hasSuffix("fetchall --print body URL") == true
        },
        HabitTask("a list behind -O is still a list", ["-O", "urls.txt"], files: ["urls.txt": "BASE/a.txt\n"]) { seen in
            try seen.result.exit == 0 && seen.scratch.text("a.txt") == "content of /a.txt\n"
        },
        HabitTask(
            "a list behind -O is a list, whatever URLs are values of options",
            ["-e", "http://from.test/", "-O", "urls.txt"], files: ["urls.txt": "BASE/a.txt\n"]
        ) { seen in seen.result.exit == 0 && seen.log.map(\.path) == ["/a.txt"] },
        HabitTask("-q -P saves into a folder, in silence", ["-q", "-P", "got", "BASE/a.txt"]) { seen in
            try seen.result.exit == 0 && seen.result.stderr.isEmpty
                && seen.scratch.text("got/a.txt") == "content of /a.txt\n"
        },
        HabitTask("-c in front of a URL continues nothing", ["-c", "BASE/a.txt"]) {
            $0.refusal?.contains("-c is curl's cookie jar; use -C -") == true
        },
        HabitTask("-c at the end says what to type", ["-O", "BASE/a.txt", "-c"]) {
            $0.refusal?.contains("use -C -") == true
        },
        HabitTask("-r URL is a crawl", ["-r", "BASE/"]) {
            $0.refusal?.contains("type: fetchall crawl http://") == true
        },
        HabitTask("-nc is --no-clobber", ["-nc", "BASE/a.txt"]) { $0.refusal?.contains("use --no-clobber") == true },
        HabitTask("--tries is --retry", ["--tries=3", "BASE/a.txt"]) { $0.refusal?.contains("use --retry N") == true },
        HabitTask("--spider is -I", ["--spider", "BASE/a.txt"]) { $0.refusal?.contains("use -I") == true },
    ]
}
