/// One connection of a loopback server: its bytes, and how far its script has come. Owned by the server's thread.
final class ServerConnection {
    /// Why the script stands still.
    enum Pause {
        case none
        /// Until the timer rings.
        case timer
        /// Until the gate opens.
        case gate
        /// Until the client leaves.
        case silence
        /// FIN is sent; the client's is awaited.
        case lingering
    }

    /// A step that is done in many turns.
    enum Repetition {
        case none
        case drip([UInt8], next: Int, every: Duration)
        /// `block` is `unit` bytes, repeated `units` times, so that a small chunk does not cost a call each.
        case flood(block: [UInt8], unit: Int, units: Int, remaining: Int?)
    }

    let fd: Int32
    let id: Int
    var isOpen = true

    /// Bytes that came and are not yet taken as a request.
    var input: [UInt8] = []
    var reader = RequestReader()

    /// Bytes that go out, from `sent` on.
    var output: [UInt8] = []
    var sent = 0
    var waitsForRoom = false

    var steps: ArraySlice<LoopbackServer.Step>
    var repetition = Repetition.none
    var pause = Pause.none

    /// Counts up when a timer is set or made void; a timer whose generation is older does nothing.
    var generation = 0

    /// The Host of the request that is being answered; nil between requests.
    var answering: String?
    /// Whether the client lets the connection live after this answer.
    var keepsAlive = true

    init(fd: Int32, id: Int, steps: [LoopbackServer.Step]) {
        self.fd = fd
        self.id = id
        self.steps = steps[...]
    }

    /// What became of the bytes that go out.
    enum Flush {
        case done
        case waitsForRoom
        case clientIsGone
    }

    /// Sends what it can.
    func flush() -> Flush {
        while sent < output.count {
            switch Sockets.send(fd, output, from: sent) {
            case .bytes(let count): sent += count
            case .wouldBlock: return .waitsForRoom
            case .ended: return .clientIsGone
            }
        }
        if !output.isEmpty {
            output = []
            sent = 0
        }
        return .done
    }

    /// Takes bytes of small steps that follow at once into the same write: they would share a segment or not by chance
    /// anyway, and a head and its body need not cost two calls.
    func takeFollowingBytes() {
        while case .send(let more)? = steps.first, output.count + more.count <= 1 << 16 {
            output += more
            steps.removeFirst()
        }
    }

    /// The next bytes of a step that is done in turns; nil when it is done.
    func nextTurn() -> (bytes: [UInt8], pause: Duration?)? {
        switch repetition {
        case .none:
            return nil
        case .drip(let bytes, let next, let pause):
            guard next < bytes.count else { break }
            repetition = .drip(bytes, next: next + 1, every: pause)
            return ([bytes[next]], pause)
        case .flood(let block, let unit, let units, let remaining):
            let count = min(units, remaining ?? units)
            guard count > 0 else { break }
            repetition = .flood(block: block, unit: unit, units: units, remaining: remaining.map { $0 - count })
            return (count == units ? block : Array(block.prefix(count * unit)), nil)
        }
        repetition = .none
        return nil
    }

    /// Begins to repeat a chunk.
    func beginFlood(_ chunk: [UInt8], times: Int?) {
        guard !chunk.isEmpty else { return }
        let units = max(1, min((1 << 16) / chunk.count, times ?? .max))
        var block = chunk
        if units > 1 {
            block.reserveCapacity(units * chunk.count)
            for _ in 1..<units { block += chunk }
        }
        repetition = .flood(block: block, unit: chunk.count, units: units, remaining: times)
    }
}
