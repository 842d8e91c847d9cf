import FetchHTML
import Testing

@Suite("Fragments")
struct FragmentRuleTests {
    private let anchors: Set<String> = ["a", "Ü b", "100%25", "user-content-git", "c+d", "x:~y"]

    @Test(
        "A fragment that names something is found",
        arguments: [
            "", "top", "TOP", "%74op", "a", "%61", "%C3%9C%20b", "Ü b", "Ü%20b", "100%25", "git", "user-content-git",
            "user-content-a", "c+d", ":~:text=x", "a:~:text=x", "top:~:text=x", "x:~y",
        ])
    func found(fragment: String) { #expect(FragmentRule.isFound(fragment, in: anchors)) }

    @Test(
        "Any other fragment is not found",
        arguments: ["A", "b", "L10", "L10-L20", "c%20d", "%FF", "%", "a%", "topp", "b:~:text=x", "user-content-b", "x"])
    func missing(fragment: String) { #expect(!FragmentRule.isFound(fragment, in: anchors)) }
}
