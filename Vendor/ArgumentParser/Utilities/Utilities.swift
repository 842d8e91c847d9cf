// Not part of swift-argument-parser: stands in for its Utilities/Foundation.swift, without Foundation.
// scripts/vendor-argument-parser.sh copies it there.

extension Error {
  func describe() -> String { String(describing: self) }
}

/// Writes an `Encodable` value as JSON with sorted keys: what `--experimental-dump-help` prints, for manual pages.
enum JSONEncoder {
  static func encode<T: Encodable>(_ value: T) -> String {
    let node = JSONNode()
    guard (try? value.encode(to: JSONTreeEncoder(node: node, codingPath: []))) != nil else { return "" }
    return node.text(indent: "")
  }
}

/// A JSON value under construction. A class, because nested containers fill it after it has been added to its parent.
private final class JSONNode {
  enum Value {
    case null
    case literal(String)
    case string(String)
    case array([JSONNode])
    case object([String: JSONNode])
  }

  var value = Value.null

  func append() -> JSONNode {
    let child = JSONNode()
    if case .array(let elements) = value { value = .array(elements + [child]) } else { value = .array([child]) }
    return child
  }

  func insert(_ key: String) -> JSONNode {
    let child = JSONNode()
    var members: [String: JSONNode] = [:]
    if case .object(let present) = value { members = present }
    members[key] = child
    value = .object(members)
    return child
  }

  func text(indent: String) -> String {
    let inner = indent + "  "
    switch value {
    case .null: return "null"
    case .literal(let text): return text
    case .string(let text): return Self.quoted(text)
    case .array(let elements):
      let lines = elements.map { inner + $0.text(indent: inner) }
      return lines.isEmpty ? "[]" : "[\n" + lines.joined(separator: ",\n") + "\n" + indent + "]"
    case .object(let members):
      let lines = members.sorted { $0.key < $1.key }
        .map { inner + Self.quoted($0.key) + " : " + $0.value.text(indent: inner) }
      return lines.isEmpty ? "{}" : "{\n" + lines.joined(separator: ",\n") + "\n" + indent + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

private struct JSONTreeEncoder: Encoder {
  let node: JSONNode
  let codingPath: [CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if case .object = node.value {} else { node.value = .object([:]) }
    return KeyedEncodingContainer(JSONKeyedContainer<Key>(node: node, codingPath: codingPath))
  }

  func unkeyedContainer() -> UnkeyedEncodingContainer {
    if case .array = node.value {} else { node.value = .array([]) }
    return JSONUnkeyedContainer(node: node, codingPath: codingPath)
  }

  func singleValueContainer() -> SingleValueEncodingContainer { JSONSingleContainer(node: node, codingPath: codingPath) }
}

private struct JSONSingleContainer: SingleValueEncodingContainer {
  let node: JSONNode
  let codingPath: [CodingKey]

  mutating func encodeNil() { node.value = .null }
  mutating func encode(_ value: Bool) { node.value = .literal(value ? "true" : "false") }
  mutating func encode(_ value: String) { node.value = .string(value) }
  mutating func encode<T: Encodable>(_ value: T) throws {
    try value.encode(to: JSONTreeEncoder(node: node, codingPath: codingPath))
  }
  mutating func encode(_ value: Double) { node.value = .literal(value.description) }
  mutating func encode(_ value: Float) { node.value = .literal(value.description) }
  mutating func encode(_ value: Int) { node.value = .literal(value.description) }
  mutating func encode(_ value: Int8) { node.value = .literal(value.description) }
  mutating func encode(_ value: Int16) { node.value = .literal(value.description) }
  mutating func encode(_ value: Int32) { node.value = .literal(value.description) }
  mutating func encode(_ value: Int64) { node.value = .literal(value.description) }
  mutating func encode(_ value: UInt) { node.value = .literal(value.description) }
  mutating func encode(_ value: UInt8) { node.value = .literal(value.description) }
  mutating func encode(_ value: UInt16) { node.value = .literal(value.description) }
  mutating func encode(_ value: UInt32) { node.value = .literal(value.description) }
  mutating func encode(_ value: UInt64) { node.value = .literal(value.description) }
}

private struct JSONKeyedContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: JSONNode
  let codingPath: [CodingKey]

  mutating func encodeNil(forKey key: Key) { node.insert(key.stringValue).value = .null }
  mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    try value.encode(to: encoder(key))
  }
  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> { encoder(key).container(keyedBy: type) }
  mutating func nestedUnkeyedContainer(forKey key: Key) -> UnkeyedEncodingContainer { encoder(key).unkeyedContainer() }
  mutating func superEncoder() -> Encoder { JSONTreeEncoder(node: node.insert("super"), codingPath: codingPath) }
  mutating func superEncoder(forKey key: Key) -> Encoder { encoder(key) }

  private func encoder(_ key: Key) -> JSONTreeEncoder {
    JSONTreeEncoder(node: node.insert(key.stringValue), codingPath: codingPath + [key])
  }
}

private struct JSONUnkeyedContainer: UnkeyedEncodingContainer {
  let node: JSONNode
  let codingPath: [CodingKey]
  var count: Int { if case .array(let elements) = node.value { elements.count } else { 0 } }

  mutating func encodeNil() { node.append().value = .null }
  mutating func encode<T: Encodable>(_ value: T) throws { try value.encode(to: encoder()) }
  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    encoder().container(keyedBy: type)
  }
  mutating func nestedUnkeyedContainer() -> UnkeyedEncodingContainer { encoder().unkeyedContainer() }
  mutating func superEncoder() -> Encoder { encoder() }

  private func encoder() -> JSONTreeEncoder { JSONTreeEncoder(node: node.append(), codingPath: codingPath) }
}
