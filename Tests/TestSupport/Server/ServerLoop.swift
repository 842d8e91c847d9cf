/// The thread of a loopback server: it accepts, reads, runs scripts and keeps their timers. Nothing else touches its
/// state.
final class ServerLoop {
    typealias Opening = @Sendable (Int) -> [LoopbackServer.Step]?
    typealias Handler = @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply

    /// How long a closed connection waits for the client to close its side.
    private static let lingerLimit = Duration.seconds(2)
    /// How long no connection is accepted after the process has run out of descriptors.
    private static let exhaustionPause = Duration.milliseconds(10)

    private let listener: Int32
    private let wakeup: Wakeup
    private let record: ServerRecord
    private let opening: Opening?
    private let handler: Handler
    private let poller: Poller

    private var connections: [ServerConnection?] = []
    private var timers = TimerHeap()
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
            guard connection.isOpen, connection.ticket == entry.ticket else { continue }
            if connection.pause == .lingering { drop(connection) }
            if connection.pause == .timer {
                connection.pause = .none
                advance(connection)
            }
        }
    }
}

// MARK: - Scripts

extension ServerLoop {
    /// Goes on with a connection as far as it can: bytes out, the next step, the next request.
    private func advance(_ connection: ServerConnection) {
        var turns = 0
        while connection.isOpen {
            switch connection.flush() {
            case .done: break
            case .waitsForRoom: return waitForRoom(connection)
            case .clientIsGone: return drop(connection)
            }
            guard connection.pause == .none else { break }
            if let (bytes, pause) = connection.nextTurn() {
                turns += 1
                connection.output = bytes
                if let pause { sleep(connection, pause) }
                // A client that reads as fast as we write must not keep the others waiting.
                if turns > 8 { return waitForRoom(connection) }
            } else if let step = connection.steps.popFirst() {
                perform(step, connection)
            } else if !finishAnswer(connection) || !nextRequest(connection) {
                break
            }
        }
        if connection.isOpen, connection.waitsForRoom {
            connection.waitsForRoom = false
            poller.watchWriting(connection.fd, false)
        }
    }

    private func waitForRoom(_ connection: ServerConnection) {
        guard !connection.waitsForRoom else { return }
        connection.waitsForRoom = true
        poller.watchWriting(connection.fd, true)
    }

    private func perform(_ step: LoopbackServer.Step, _ connection: ServerConnection) {
        switch step {
        case .send(let bytes):
            connection.output = bytes
            connection.takeFollowingBytes()
        case .wait(let duration): sleep(connection, duration)
        case .close: close(connection)
        case .reset: drop(connection, closing: Sockets.reset)
        case .silence: connection.pause = .silence
        case .drip(let bytes, let pause): connection.repetition = .drip(bytes, next: 0, every: pause)
        case .flood(let chunk, let times): connection.beginFlood(chunk, times: times)
        case .hold(let gate):
            let message = Wakeup.Message.resume(fd: connection.fd, connection: connection.id)
            let isClosed = gate.register { [wakeup] in wakeup.post(message) }
            if isClosed { connection.pause = .gate }
        }
    }

    private func sleep(_ connection: ServerConnection, _ duration: Duration) {
        connection.pause = .timer
        setTimer(connection, duration)
    }

    private func setTimer(_ connection: ServerConnection, _ duration: Duration) {
        connection.ticket += 1
        timers.insert(.init(due: .now + duration, connection: connection, ticket: connection.ticket))
    }

    /// Counts the end of an answer. False if the connection ends with it.
    private func finishAnswer(_ connection: ServerConnection) -> Bool {
        guard let host = connection.answering else { return true }
        record.ended(host: host)
        connection.answering = nil
        if !connection.keepsAlive { close(connection) }
        return connection.keepsAlive
    }

    /// Looks for the next request and begins its answer. False if there is none yet.
    private func nextRequest(_ connection: ServerConnection) -> Bool {
        guard !connection.input.isEmpty else { return false }
        switch connection.reader.next(&connection.input) {
        case .incomplete:
            return false
        case .wantsContinue:
            connection.output = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        case .malformed:
            connection.input = []
            connection.steps = LoopbackServer.Reply.response(status: 400, then: .close).steps[...]
        case .request(let head, let body):
            var request = LoopbackServer.Request(
                method: head.method, target: head.target, host: head.host, body: body, connection: connection.id,
                receivedAt: .now, head: head.bytes)
            record.began(&request)
            connection.answering = request.host
            connection.keepsAlive = head.keepsAlive
            connection.steps = handler(request).script(for: request.method)[...]
        }
        return true
    }

    /// Sends FIN and waits a while for the client's: closing at once would answer bytes that are still under way with
    /// RST.
    private func close(_ connection: ServerConnection) {
        endAnswer(connection)
        connection.pause = .lingering
        connection.input = []
        Sockets.finishWriting(connection.fd)
        setTimer(connection, Self.lingerLimit)
    }

    /// Forgets a connection.
    private func drop(_ connection: ServerConnection, closing: (Int32) -> Void = Sockets.end) {
        guard connection.isOpen else { return }
        endAnswer(connection)
        connection.isOpen = false
        connections[Int(connection.fd)] = nil
        poller.remove(connection.fd)
        closing(connection.fd)
        record.disconnected()
    }

    private func endAnswer(_ connection: ServerConnection) {
        guard let host = connection.answering else { return }
        record.ended(host: host)
        connection.answering = nil
    }
}
