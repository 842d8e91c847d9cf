/// What the demo server has in stock: made up, and the same in every run.
enum DemoData {
    /// How many products there are, numbered from 1.
    static let productCount = 100
    /// How many pages there are, numbered from 1.
    static let pageCount = 50

    /// The JSON of a product; nil if there is none of that number.
    static func product(_ id: Int) -> String? {
        guard (1...productCount).contains(id) else { return nil }
        let name = "\(colours[(id - 1) / things.count]) \(things[(id - 1) % things.count])"
        // Prices from 4.99 to 100.99 in an order that looks like none; the first is 9.99.
        return #"{"id":\#(id),"name":"\#(name)","price":\#((id * 5) % 97 + 4).99}"#
    }

    private static let colours = [
        "Red", "Orange", "Yellow", "Green", "Blue", "Violet", "Black", "White", "Grey", "Brown",
    ]
    private static let things = [
        "Teapot", "Lantern", "Notebook", "Umbrella", "Kettle", "Bicycle", "Compass", "Clock", "Chair", "Scarf",
    ]

    /// Who is on the demo server's GitHub; the numbers are made up.
    static let accounts = [
        GitHubAccount(
            "octocat", id: 1000, name: "The Octocat", company: "@github", location: "San Francisco", followers: 20_000),
        GitHubAccount(
            "torvalds", id: 1001, name: "Linus Torvalds", company: "Linux Foundation", location: "Portland, OR",
            publicRepos: 9, followers: 250_000),
        GitHubAccount("gvanrossum", id: 1002, name: "Guido van Rossum", publicRepos: 25, followers: 25_000),
        GitHubAccount("lattner", id: 1003, name: "Chris Lattner", publicRepos: 12, followers: 15_000),
        GitHubAccount("bagder", id: 1004, name: "Daniel Stenberg", publicRepos: 120, followers: 12_000),
        GitHubAccount("antirez", id: 1005, name: "Salvatore Sanfilippo", publicRepos: 90, followers: 18_000),
        GitHubAccount("matz", id: 1006, name: "Yukihiro Matsumoto", publicRepos: 60, followers: 11_000),
        GitHubAccount(
            "dhh", id: 1007, name: "David Heinemeier Hansson", company: "37signals", publicRepos: 40, followers: 22_000),
        GitHubAccount("swiftlang", id: 1008, name: "Swift", isOrganization: true, publicRepos: 70, followers: 9000),
        GitHubAccount("github", id: 1009, name: "GitHub", isOrganization: true, publicRepos: 500, followers: 60_000),
    ]

    /// A PNG of one pixel.
    static let image: [UInt8] = [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52,
        0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90, 0x77, 0x53,
        0xDE, 0x00, 0x00, 0x00, 0x0C, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0xF8, 0x10, 0x60, 0x00,
        0x00, 0x03, 0xA4, 0x01, 0x71, 0x97, 0x24, 0x28, 0xBC, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E,
        0x44, 0xAE, 0x42, 0x60, 0x82,
    ]
}
