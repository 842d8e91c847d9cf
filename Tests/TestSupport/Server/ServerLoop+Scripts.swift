extension ServerLoop {
    /// Goes on with a connection as far as it can: bytes out, the next step, the next request.
    func advance(_ connection: ServerConnection) {
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
        case .closeWhenIdle(let duration): setTimer(connection, duration)
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
        connection.generation += 1
        timers.insert(.init(due: .now + duration, connection: connection, generation: connection.generation))
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
            // A connection that is in use is not closed as an idle one.
            connection.generation += 1
            connection.answering = request.host
            connection.keepsAlive = head.keepsAlive
            connection.steps = handler(request).script(for: request.method)[...]
        }
        return true
    }

    /// Sends FIN and waits a while for the client's: closing at once would answer bytes that are still under way with
    /// RST.
    func close(_ connection: ServerConnection) {
        endAnswer(connection)
        connection.pause = .lingering
        connection.input = []
        Sockets.finishWriting(connection.fd)
        setTimer(connection, Self.lingerLimit)
    }

    /// Forgets a connection.
    func drop(_ connection: ServerConnection, closing: (Int32) -> Void = Sockets.end) {
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
