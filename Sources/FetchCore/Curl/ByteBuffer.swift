/// Bytes under construction. Appending a literal of known length is a handful of instructions here and a hundred on an
/// array, and a record is made of fifty pieces.
struct ByteBuffer: ~Copyable {
    private var start: UnsafeMutableRawPointer
    private(set) var count = 0
    private var capacity: Int

    /// Makes an empty buffer.
    init(capacity: Int) {
        self.capacity = max(capacity, 64)
        start = .allocate(byteCount: self.capacity, alignment: 1)
    }

    deinit { start.deallocate() }

    /// The byte at an index; it traps outside.
    subscript(index: Int) -> UInt8 {
        get {
            precondition(index >= 0 && index < count)
            return start.load(fromByteOffset: index, as: UInt8.self)
        }
        set {
            precondition(index >= 0 && index < count)
            start.storeBytes(of: newValue, toByteOffset: index, as: UInt8.self)
        }
    }

    /// A copy of everything.
    var bytes: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: start, count: count)) }

    /// Forgets everything but the memory.
    mutating func removeAll() { count = 0 }

    /// Appends everything to an array and starts anew.
    mutating func move(to out: inout [UInt8]) {
        out.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
        count = 0
    }

    /// Makes room for so many more bytes.
    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if capacity - count < more { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        capacity = max(capacity * 2, count + more)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 1)
        larger.copyMemory(from: start, byteCount: count)
        start.deallocate()
        start = larger
    }
}

extension ByteBuffer: ByteSink {
    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @inline(__always)
    mutating func append(copying bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        (start + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    @inline(__always)
    mutating func append(_ literal: StaticString) {
        reserve(literal.utf8CodeUnitCount)
        (start + count).copyMemory(from: literal.utf8Start, byteCount: literal.utf8CodeUnitCount)
        count += literal.utf8CodeUnitCount
    }

    @inline(__always)
    mutating func append(decimal value: UInt64) {
        if value < 10 { return append(UInt8(truncatingIfNeeded: value) + UInt8(ascii: "0")) }
        var digits = 1
        var limit: UInt64 = 10
        while value >= limit {
            digits += 1
            let (next, isOver) = limit.multipliedReportingOverflow(by: 10)
            if isOver { break }
            limit = next
        }
        append(decimal: value, width: digits)
    }

    @inline(__always)
    mutating func append(decimal value: UInt64, width: Int) {
        reserve(width)
        var rest = value
        var place = count + width
        while place > count {
            place -= 1
            start.storeBytes(
                of: UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0"), toByteOffset: place, as: UInt8.self)
            rest /= 10
        }
        count += width
    }
}
