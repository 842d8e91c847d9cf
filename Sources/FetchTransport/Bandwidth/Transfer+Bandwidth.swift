import FetchHTTP
import FetchSystem
import CCurl

/// A transfer waits for its turn by refusing its bytes: libcurl keeps what it refuses (a receive buffer at most), reads no
/// more from the socket, so that the server's window closes, and passes the same bytes again when the pause ends.
///
/// CURLOPT_MAX_RECV_SPEED_LARGE is not used. In 7.88.1 it never holds the first buffer of a response, so that small ones
/// have no limit, and it forgives what exceeds the limit every three seconds (`Curl_ratelimit`).
extension Transfer {
    /// What a write callback returns to pause its transfer.
    static let pause = Int(CURL_WRITEFUNC_PAUSE)

    /// Whether bytes of the body that have arrived have to wait; if so, the loop ends the pause.
    func holds(_ count: Int, _ bandwidth: Bandwidth) -> Bool {
        if turn.takes(count, now: MonotonicClock.nanoseconds(), bandwidth.reserve) { return false }
        if let time = turn.time { agent.waits(self, until: time) }
        return true
    }

    /// Ends the pause of the transfer, unless it has another turn by now. libcurl passes the bytes that it has kept before
    /// this returns. Not called in a callback.
    ///
    /// - Parameter time: The time of the turn.
    /// - Returns: How the transfer ends, if libcurl cannot continue: its own code for bytes that were refused.
    func goOn(at time: UInt64) -> CurlCode? {
        guard turn.time == time else { return nil }
        let code = curl_easy_pause(easy.pointer, CURLPAUSE_CONT)
        // libcurl has ended it already, and says so in its next message.
        return code == CURLE_OK || code == CURLE_BAD_FUNCTION_ARGUMENT ? nil : CurlCode(code)
    }
}
