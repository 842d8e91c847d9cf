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

    /// The JSON of a user as GitHub's API gives it, found without case; nil if there is none.
    static func user(_ login: String) -> String? {
        let wanted = login.lowercased()
        guard let index = users.firstIndex(where: { $0.login.lowercased() == wanted }) else { return nil }
        let user = users[index]
        let company = user.company.map { "\"\($0)\"" } ?? "null"
        return #"{"login":"\#(user.login)","id":\#(1000 + index),"type":"\#(user.type)","name":"\#(user.name)","#
            + #""company":\#(company),"public_repos":\#(user.repositories),"followers":\#(user.followers),"#
            + #""following":\#(index),"created_at":"2011-01-25T18:44:36Z"}"#
    }

    private static let colours = [
        "Red", "Orange", "Yellow", "Green", "Blue", "Violet", "Black", "White", "Grey", "Brown",
    ]
    private static let things = [
        "Teapot", "Lantern", "Notebook", "Umbrella", "Kettle", "Bicycle", "Compass", "Clock", "Chair", "Scarf",
    ]

    private struct User {
        let login: String
        let name: String
        let company: String?
        let repositories: Int
        let followers: Int
        var type = "User"
    }

    private static let users = [
        User(login: "octocat", name: "The Octocat", company: "@github", repositories: 8, followers: 20_000),
        User(
            login: "torvalds", name: "Linus Torvalds", company: "Linux Foundation", repositories: 9, followers: 250_000),
        User(login: "gvanrossum", name: "Guido van Rossum", company: nil, repositories: 25, followers: 25_000),
        User(login: "lattner", name: "Chris Lattner", company: nil, repositories: 12, followers: 15_000),
        User(login: "bagder", name: "Daniel Stenberg", company: nil, repositories: 120, followers: 12_000),
        User(login: "antirez", name: "Salvatore Sanfilippo", company: nil, repositories: 90, followers: 18_000),
        User(login: "matz", name: "Yukihiro Matsumoto", company: nil, repositories: 60, followers: 11_000),
        User(login: "dhh", name: "David Heinemeier Hansson", company: "37signals", repositories: 40, followers: 22_000),
        User(login: "swiftlang", name: "Swift", company: nil, repositories: 70, followers: 9000, type: "Organization"),
        User(login: "github", name: "GitHub", company: nil, repositories: 500, followers: 60_000, type: "Organization"),
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
