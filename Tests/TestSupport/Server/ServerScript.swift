extension LoopbackServer {
    /// One thing a server does to a connection. A script is a list of them.
    package enum Step: Sendable {
        /// Sends bytes.
        case send([UInt8])
        /// Does nothing for a while.
        case wait(Duration)
        /// Says that nothing more comes (FIN), and forgets the connection when the client has closed its side too.
        case close
        /// Ends the connection with RST.
        case reset
        /// Never says anything again, and keeps the connection open until the client leaves.
        case silence
        /// Closes the connection unless another request comes within this time; the answer ends here.
        case closeWhenIdle(after: Duration)
        /// Sends bytes one at a time, with a pause after each.
        case drip([UInt8], every: Duration)
        /// Sends the same bytes so many times, for ever if nil, as fast as the client reads and never in memory.
        case flood([UInt8], times: Int?)
        /// Waits until the test opens the gate.
        case hold(Gate)

        /// Sends the UTF-8 of a text.
        package static func text(_ text: String) -> Step { .send(Array(text.utf8)) }
    }

    /// The answer to a request: a script, run to its end before the next request of the connection is looked at.
    package struct Reply: Sendable {
        /// How the connection goes on after an answer.
        package enum Ending: Sendable {
            /// It stays open for the next request.
            case keep
            /// FIN.
            case close
            /// RST.
            case reset
            /// It stays open and never says anything again.
            case silence
        }

        /// What to do.
        package var steps: [Step]

        /// Which of the steps send the body; an answer to HEAD leaves them out.
        var body: Range<Int>?

        /// An answer that is exactly these steps, also to HEAD.
        package init(_ steps: [Step]) { self.steps = steps }

        /// The steps for a request of this method.
        func script(for method: String) -> [Step] {
            guard let body, method == "HEAD" else { return steps }
            return Array(steps[..<body.lowerBound] + steps[body.upperBound...])
        }
    }
}

extension LoopbackServer.Reply {
    /// A whole HTTP/1.1 answer, with a correct Content-Length, after a delay.
    package static func response(
        status: Int = 200, headers: [(String, String)] = [], body: [UInt8] = [], after delay: Duration = .zero,
        then ending: Ending = .keep
    ) -> Self {
        var reply = Self(delay > .zero ? [.wait(delay)] : [])
        reply.steps.append(.send(head(status: status, headers: headers, length: body.count, ending: ending)))
        if !body.isEmpty {
            reply.body = reply.steps.count..<reply.steps.count + 1
            reply.steps.append(.send(body))
        }
        reply.end(ending)
        return reply
    }

    /// 200 with a text.
    package static func ok(
        _ text: String = "", type: String = "text/plain; charset=utf-8", after delay: Duration = .zero
    ) -> Self {
        response(headers: [("Content-Type", type)], body: Array(text.utf8), after: delay)
    }

    /// JSON text.
    package static func json(
        _ text: String, status: Int = 200, headers: [(String, String)] = [], after delay: Duration = .zero
    ) -> Self {
        response(
            status: status, headers: [("Content-Type", "application/json")] + headers, body: Array(text.utf8),
            after: delay)
    }

    /// An HTML document.
    package static func html(_ text: String, status: Int = 200, after delay: Duration = .zero) -> Self {
        response(
            status: status, headers: [("Content-Type", "text/html; charset=utf-8")], body: Array(text.utf8),
            after: delay)
    }

    /// An answer that is a status and, where the status allows one, a line that names it.
    package static func status(
        _ code: Int, headers: [(String, String)] = [], after delay: Duration = .zero
    ) -> Self {
        guard !isBodiless(code) else { return response(status: code, headers: headers, after: delay) }
        return response(
            status: code, headers: [("Content-Type", "text/plain; charset=utf-8")] + headers,
            body: Array("\(code) \(reason(code))\n".utf8), after: delay)
    }

    /// A redirect.
    package static func redirect(
        to location: String, status: Int = 302, headers: [(String, String)] = [], after delay: Duration = .zero
    ) -> Self {
        self.status(status, headers: [("Location", location)] + headers, after: delay)
    }

    /// `length` bytes of a repeated chunk, with their Content-Length, never built in memory.
    package static func stream(
        length: Int, of chunk: [UInt8], status: Int = 200, headers: [(String, String)] = [],
        after delay: Duration = .zero
    ) -> Self {
        var reply = response(status: status, headers: headers, after: delay)
        guard length > 0, !chunk.isEmpty else { return reply }
        reply.steps.removeLast()
        reply.steps.append(.send(head(status: status, headers: headers, length: length, ending: .keep)))
        let start = reply.steps.count
        reply.steps.append(.flood(chunk, times: length / chunk.count))
        reply.steps.append(.send(Array(chunk.prefix(length % chunk.count))))
        reply.body = start..<reply.steps.count
        return reply
    }

    /// Exactly these bytes, HTTP or not.
    package static func raw(_ bytes: [UInt8], then ending: Ending = .close) -> Self {
        var reply = Self([.send(bytes)])
        reply.end(ending)
        return reply
    }

    /// Exactly this text, HTTP or not. Line breaks are as written: end lines with `\r\n`.
    package static func raw(_ text: String, then ending: Ending = .close) -> Self {
        raw(Array(text.utf8), then: ending)
    }

    private mutating func end(_ ending: Ending) {
        switch ending {
        case .keep: break
        case .close: steps.append(.close)
        case .reset: steps.append(.reset)
        case .silence: steps.append(.silence)
        }
    }

    private static func head(status: Int, headers: [(String, String)], length: Int, ending: Ending) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(160)
        bytes += "HTTP/1.1 \(status) \(reason(status))\r\n".utf8
        for (name, value) in headers {
            bytes += name.utf8
            bytes += ": ".utf8
            bytes += value.utf8
            bytes += "\r\n".utf8
        }
        if !isBodiless(status) { bytes += "Content-Length: \(length)\r\n".utf8 }
        if case .close = ending { bytes += "Connection: close\r\n".utf8 }
        bytes += "\r\n".utf8
        return bytes
    }

    /// Whether answers of this status never have a body (RFC 9110 §6.4.1).
    private static func isBodiless(_ status: Int) -> Bool { status < 200 || status == 204 || status == 304 }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 204: "No Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 408: "Request Timeout"
        case 410: "Gone"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: "Status"
        }
    }
}
