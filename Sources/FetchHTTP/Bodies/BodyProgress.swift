/// What has arrived of the bodies of a run so far, in bytes on the wire, for a display of the progress.
package struct BodyProgress: Sendable, Hashable {
    /// A large body while it is being received.
    package struct Large: Sendable, Hashable {
        /// Identifies it among all large bodies of the run; it grows with time.
        package var id: Int
        /// The last component of the URL's path, safe for a terminal.
        package var name: String
        /// The bytes that this transfer has received.
        package var received: Int
        /// The bytes that this transfer will receive; nil if it is not known.
        package var length: Int?
        /// The bytes that an earlier transfer left, which this one continues.
        package var resumedFrom: Int
        /// The time since its head, or since it became large.
        package var age: Duration

        /// A large body.
        package init(
            id: Int, name: String, received: Int, length: Int?, resumedFrom: Int = 0, age: Duration
        ) {
            self.id = id
            self.name = name
            self.received = received
            self.length = length
            self.resumedFrom = resumedFrom
            self.age = age
        }
    }

    /// The size in bytes above which a body is large: 5 MB.
    package static let largeSize = 5_000_000

    /// The bytes of all bodies.
    package var received = 0
    /// The bytes that are missing to the bodies in flight whose length is known.
    package var missing = 0
    /// The number of bodies in flight whose length is known.
    package var known = 0
    /// The large bodies in flight, in the order in which they began.
    package var large: [Large] = []
    /// Whether there has been a large body.
    package var hadLarge = false

    /// Nothing yet.
    package init() {}
}
