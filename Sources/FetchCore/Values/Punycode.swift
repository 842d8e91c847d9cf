/// Punycode (RFC 3492) of one label, without the `xn--`. Time is quadratic; callers bound the length.
enum Punycode {
    private static let base = 36
    private static let lowest = 1
    private static let highest = 26
    private static let skew = 38
    private static let damp = 700
    private static let initialBias = 72
    private static let initialCodePoint = 128

    /// RFC 3492 §6.3.
    static func encode(_ label: [Unicode.Scalar]) -> [UInt8] {
        var output = label.filter(\.isASCII).map { UInt8(truncatingIfNeeded: $0.value) }
        let basicCount = output.count
        if basicCount > 0 { output.append(UInt8(ascii: "-")) }
        var handled = basicCount
        var codePoint = initialCodePoint
        var delta = 0
        var bias = initialBias
        while let next = label.lazy.map({ Int($0.value) }).filter({ $0 >= codePoint }).min() {
            delta += (next - codePoint) * (handled + 1)
            codePoint = next
            for scalar in label {
                if scalar.value < codePoint { delta += 1 }
                guard scalar.value == codePoint else { continue }
                var rest = delta
                var place = base
                while true {
                    let threshold = threshold(place, bias)
                    if rest < threshold { break }
                    output.append(digit(threshold + (rest - threshold) % (base - threshold)))
                    rest = (rest - threshold) / (base - threshold)
                    place += base
                }
                output.append(digit(rest))
                bias = adapt(delta, handled + 1, isFirst: handled == basicCount)
                delta = 0
                handled += 1
            }
            delta += 1
            codePoint += 1
        }
        return output
    }

    /// RFC 3492 §6.2; nil if the input is not Punycode. Letters may be of either case.
    static func decode(_ input: ArraySlice<UInt8>) -> [Unicode.Scalar]? {
        var output: [Unicode.Scalar] = []
        var index = input.startIndex
        if let delimiter = input.lastIndex(of: UInt8(ascii: "-")) {
            output = input[..<delimiter].map { Unicode.Scalar($0) }
            guard output.allSatisfy(\.isASCII) else { return nil }
            index = delimiter + 1
        }
        var codePoint = initialCodePoint
        var position = 0
        var bias = initialBias
        while index < input.endIndex {
            let before = position
            var weight = 1
            var place = base
            while true {
                guard index < input.endIndex, let digit = value(input[index]) else { return nil }
                index += 1
                position += digit * weight
                guard position <= Int(UInt32.max) else { return nil }
                let threshold = threshold(place, bias)
                if digit < threshold { break }
                weight *= base - threshold
                guard weight <= Int(UInt32.max) else { return nil }
                place += base
            }
            bias = adapt(position - before, output.count + 1, isFirst: before == 0)
            codePoint += position / (output.count + 1)
            position %= output.count + 1
            guard codePoint <= 0x10FFFF, let scalar = Unicode.Scalar(UInt32(codePoint)) else { return nil }
            output.insert(scalar, at: position)
            position += 1
        }
        return output
    }

    private static func threshold(_ place: Int, _ bias: Int) -> Int { min(max(place - bias, lowest), highest) }

    /// RFC 3492 §6.1.
    private static func adapt(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var place = 0
        while delta > (base - lowest) * highest / 2 {
            delta /= base - lowest
            place += base
        }
        return place + (base - lowest + 1) * delta / (delta + skew)
    }

    private static func digit(_ value: Int) -> UInt8 { UInt8(value < 26 ? 0x61 + value : 0x16 + value) }

    private static func value(_ digit: UInt8) -> Int? {
        if digit.isASCIIDigit { return Int(digit) - 0x16 }
        return digit.isASCIILetter ? Int(digit | 0x20) - 0x61 : nil
    }
}
