import CPosix

/// A growing buffer of bytes. Appending a literal of known length takes a handful of instructions here and a hundred
/// with an array, and a record consists of fifty pieces.
public struct ByteBuffer: ~Copyable {
    @usableFromInline var start: UnsafeMutableRawPointer
    @usableFromInline var used = 0
    @usableFromInline var capacity: Int
    /// Whether the memory is its own and must be freed.
    private var isOwned = true

    /// The bytes written so far.
    @inlinable public var count: Int { used }

    /// Makes an empty buffer.
    public init(capacity: Int) {
        self.capacity = max(capacity, 64)
        start = Self.allocate(self.capacity)
    }

    /// A buffer in the caller's memory, until it needs more.
    private init(in memory: UnsafeMutableRawBufferPointer, _ start: UnsafeMutableRawPointer) {
        self.start = start
        capacity = memory.count
        isOwned = false
    }

    /// Calls the closure with an empty buffer whose first 1,024 bytes are on the stack.
    public static func withTemporary(_ body: (inout ByteBuffer) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 8) { memory in
            guard let start = memory.baseAddress else { return }
            var buffer = ByteBuffer(in: memory, start)
            body(&buffer)
        }
    }

    deinit { if isOwned { free(start) } }

    /// Memory from malloc: on Linux Swift's own call asks for an alignment, which takes five times as long.
    private static func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        guard let memory = malloc(size) else { preconditionFailure("out of memory") }
        return memory
    }

    /// The byte at an index; it traps outside.
    public subscript(index: Int) -> UInt8 {
        get {
            precondition(index >= 0 && index < used)
            return start.load(fromByteOffset: index, as: UInt8.self)
        }
        set {
            precondition(index >= 0 && index < used)
            start.storeBytes(of: newValue, toByteOffset: index, as: UInt8.self)
        }
    }

    /// A copy of everything.
    public var bytes: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: start, count: used)) }

    /// Removes everything but keeps the memory.
    public mutating func removeAll() { used = 0 }

    /// Appends everything to an array and starts again.
    public mutating func move(to out: inout [UInt8]) {
        out.append(contentsOf: UnsafeRawBufferPointer(start: start, count: used))
        used = 0
    }

    /// Makes room for more bytes.
    @inlinable @inline(__always)
    mutating func reserve(_ more: Int) {
        if capacity - used < more { grow(more) }
    }

    @usableFromInline @inline(never)
    mutating func grow(_ more: Int) {
        capacity = max(capacity * 2, used + more)
        let larger = Self.allocate(capacity)
        larger.copyMemory(from: start, byteCount: used)
        if isOwned { free(start) }
        start = larger
        isOwned = true
    }
}

extension ByteBuffer: ByteSink {
    /// Appends a byte.
    @inlinable @inline(__always)
    public mutating func append(_ byte: UInt8) {
        reserve(1)
        start.storeBytes(of: byte, toByteOffset: used, as: UInt8.self)
        used += 1
    }

    /// Appends bytes.
    @inlinable @inline(__always)
    public mutating func append(copying bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        (start + used).copyMemory(from: source, byteCount: bytes.count)
        used += bytes.count
    }

    /// Appends bytes of a literal.
    @inlinable @inline(__always)
    public mutating func append(_ literal: StaticString) {
        reserve(literal.utf8CodeUnitCount)
        (start + used).copyMemory(from: literal.utf8Start, byteCount: literal.utf8CodeUnitCount)
        used += literal.utf8CodeUnitCount
    }

    /// Appends a number in decimal digits.
    @inlinable @inline(__always)
    public mutating func append(decimal value: UInt64) {
        if value < 10 { return append(UInt8(truncatingIfNeeded: value) + UInt8(ascii: "0")) }
        append(decimal: value, width: Self.digits(of: value))
    }

    /// Appends the last digits of a number, padded with zeros to a count.
    @inlinable @inline(__always)
    public mutating func append(decimal value: UInt64, width: Int) {
        reserve(width)
        var rest = value
        var offset = used + width
        while offset - used >= 2 {
            offset -= 2
            let pair = UnsafeRawPointer(Self.pairs.utf8Start + Int(rest % 100) * 2).loadUnaligned(as: UInt16.self)
            start.storeBytes(of: pair, toByteOffset: offset, as: UInt16.self)
            rest /= 100
        }
        if offset > used {
            start.storeBytes(
                of: UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0"), toByteOffset: used, as: UInt8.self)
        }
        used += width
    }

    /// The number of digits of a number of at least 10.
    @inlinable @inline(__always)
    static func digits(of value: UInt64) -> Int {
        if value < 100 { return 2 }
        if value < 1000 { return 3 }
        if value < 10_000 { return 4 }
        if value < 100_000 { return 5 }
        var digits = 6
        var rest = value / 1_000_000
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        return digits
    }

    /// The numbers from 00 to 99 with two digits each: one division for two digits instead of one for each.
    @inlinable static var pairs: StaticString {
        """
        00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051\
        525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
        """
    }
}
