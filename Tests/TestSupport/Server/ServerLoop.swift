/// The thread of a loopback server: it accepts, reads, runs scripts and keeps their timers. Nothing else touches its
/// state.
final class ServerLoop {
    typealias Opening = @Sendable (Int) -> [LoopbackServer.Step]?
    typealias Handler = @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply

    /// How long a closed connection waits for the client to close its side.
    static let lingerLimit = Duration.seconds(2)
    /// How long no connection is accepted after the process has run out of descriptors.
    private static let exhaustionPause = Duration.milliseconds(10)

    private let listener: Int32
    let wakeup: Wakeup
    let record: ServerRecord
    private let opening: Opening?
    let handler: Handler
    let poller: Poller

    var connections: [ServerConnection?] = []
    var timers = TimerHeap()
    private var acceptsAgain: ContinuousClock.Instant?
    private var isStopped = false
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)

    init(
        listener: Int32, wakeup: Wakeup, record: ServerRecord, opening: Opening?, handler: @escaping Handler
    ) throws(SystemError) {
        self.listener = listener
        self.wakeup = wakeup
        self.record = record
        self.opening = opening
        self.handler = handler
        poller = try Poller()
    }

    deinit { scratch.deallocate() }

    /// Runs until told to stop, then closes everything.
    func run() {
        poller.add(listener)
        poller.add(wakeup.readEnd)
        var events: [Poller.Event] = []
        while !isStopped {
            events.removeAll(keepingCapacity: true)
            poller.wait(milliseconds: patience(), into: &events)
            for event in events where !isStopped { handle(event) }
            ringTimers()
        }
        Sockets.end(listener)
        for connection in connections { if let connection { drop(connection) } }
        timers.removeAll()
        wakeup.close()
        poller.close()
    }

    private func handle(_ event: Poller.Event) {
        if event.fd == listener { return acceptWaiting() }
        if event.fd == wakeup.readEnd { return readMessages() }
        guard let connection = connection(event.fd) else { return }
        if event.isReadable { read(connection) }
        if connection.isOpen, event.isReadable || event.isWritable { advance(connection) }
    }

    private func connection(_ fd: Int32) -> ServerConnection? {
        Int(fd) < connections.count ? connections[Int(fd)] : nil
    }

    private func acceptWaiting() {
        while true {
            let (fd, isExhausted) = Sockets.accept(listener)
            guard let fd else {
                if isExhausted {
                    poller.remove(listener)
                    acceptsAgain = .now + Self.exhaustionPause
                }
                return
            }
            let id = record.connected()
            let connection = ServerConnection(fd: fd, id: id, steps: opening?(id) ?? [])
            while connections.count <= Int(fd) { connections.append(nil) }
            connections[Int(fd)] = connection
            poller.add(fd)
            // Most clients have nothing to say yet; only a script for the opening has something to do.
            if !connection.steps.isEmpty { advance(connection) }
        }
    }

    private func readMessages() {
        for message in wakeup.take() {
            switch message {
            case .stop:
                isStopped = true
            case .resume(let fd, let id):
                guard let connection = connection(fd), connection.id == id, connection.pause == .gate else { continue }
                connection.pause = .none
                advance(connection)
            }
        }
    }

    private func read(_ connection: ServerConnection) {
        switch Sockets.receive(connection.fd, into: scratch) {
        case .bytes(let count):
            // Whoever gets no answer any more is read only to notice that it leaves.
            if connection.pause == .silence || connection.pause == .lingering { return }
            connection.input.append(contentsOf: scratch[..<count])
        case .wouldBlock: return
        case .ended: drop(connection)
        }
    }

    private func patience() -> Int32 {
        guard let next = [timers.earliest, acceptsAgain].compactMap({ $0 }).min() else { return -1 }
        let (seconds, attoseconds) = (next - .now).components
        // Rounded up: a timer never rings early.
        let milliseconds = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: max(0, milliseconds))
    }

    private func ringTimers() {
        guard timers.earliest != nil || acceptsAgain != nil else { return }
        let now = ContinuousClock.now
        if let again = acceptsAgain, again <= now {
            acceptsAgain = nil
            poller.add(listener)
        }
        while let entry = timers.popDue(at: now) {
            let connection = entry.connection
            guard connection.isOpen, connection.generation == entry.generation else { continue }
            if connection.pause == .lingering { drop(connection) }
            if connection.isOpen, connection.pause == .none {
                close(connection)
                continue
            }
            if connection.pause == .timer {
                connection.pause = .none
                advance(connection)
            }
        }
    }
}
