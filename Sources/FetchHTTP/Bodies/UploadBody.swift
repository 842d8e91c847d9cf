package import FetchSystem

/// The body of a request that is read from files while it is sent. Its parts are sent one after the other.
///
/// An object, so that a request without one is not larger to copy.
package final class UploadBody: Sendable {
    /// A part of a body.
    package enum Piece: Sendable, Hashable {
        case bytes([UInt8])
        case file(FileReference)
    }

    /// The size up to which a body is sent without waiting for permission: libcurl's own for other bodies.
    package static let immediateSize = 1 << 20

    /// The parts in their order.
    package let pieces: [Piece]
    /// What tells the body from others: the same for the same names and values, whatever the boundary of a form is.
    package let identity: String
    /// The member of a JSON request line that the body came from; nil for one of the command line.
    package let member: (key: String, value: JSONValue)?

    /// Takes each value as it is.
    package init(_ pieces: [Piece], identity: String, member: (key: String, value: JSONValue)? = nil) {
        self.pieces = pieces
        self.identity = identity
        self.member = member
    }
}

extension UploadBody: Hashable {
    /// Equal where the same would be sent.
    package static func == (left: UploadBody, right: UploadBody) -> Bool { left.identity == right.identity }

    /// Hashes what tells it from others.
    package func hash(into hasher: inout Hasher) { hasher.combine(identity) }
}
