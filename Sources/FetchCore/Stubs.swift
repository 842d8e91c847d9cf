public struct FileNameTemplate: Sendable { func name(for input: Input, url: FetchURL) -> String { "x" } }
struct NameRegistry: Sendable { mutating func claim(_ name: String, index: Int) -> String { name } }
enum RetryAfter { static func parse(_ value: String, now: Int64) -> Duration? { Int(value).map { .seconds($0) } } }
public struct URLGlob: Sequence, Sendable { let p: String; public init(_ pattern: String) throws(ParseFailure) { p = pattern }
 public func makeIterator() -> IndexingIterator<[String]> { [p].makeIterator() } }
