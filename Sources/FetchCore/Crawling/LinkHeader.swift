/// The Link header (RFC 8288 §3).
public enum LinkHeader {
    /// The links of all Link fields, resolved; those whose `anchor` names another page are left out.
    ///
    /// - Parameters:
    ///   - headers: The answer's fields.
    ///   - base: The URL of the answer.
    ///   - requisites: Whether style sheets and the like are wanted.
    public static func links(in headers: HeaderFields, base: FetchURL, requisites: Bool = false) -> [Link] { [] }
}
