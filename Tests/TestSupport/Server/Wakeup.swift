#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
import Synchronization

/// The letter box of the server's thread: messages from any thread, and a pipe that ends its wait.
///
/// The descriptors are touched under the lock only, so a gate that opens after the server has stopped finds the box
/// closed instead of writing into a descriptor that belongs to someone else by now.
final class Wakeup: Sendable {
    enum Message {
        case stop
        case resume(fd: Int32, connection: Int)
    }

    private struct State {
        var messages: [Message] = []
        var writeEnd: Int32?
    }

    let readEnd: Int32
    private let state: Mutex<State>

    init() throws(SystemError) {
        let ends = try Sockets.pipe()
        readEnd = ends.read
        state = Mutex(State(writeEnd: ends.write))
    }

    /// Leaves a message; the thread sees it before it waits again. Dropped once the box is closed.
    func post(_ message: Message) {
        state.withLock { state in
            guard let writeEnd = state.writeEnd else { return }
            state.messages.append(message)
            // One byte for the first message is enough: whoever takes messages takes all of them.
            if state.messages.count == 1 { Sockets.writeByte(writeEnd) }
        }
    }

    /// Takes all messages and empties the pipe. Called by the server's thread.
    func take() -> [Message] {
        state.withLock { state in
            Sockets.drain(readEnd)
            defer { state.messages = [] }
            return state.messages
        }
    }

    /// Closes the box. Called by the server's thread as the last thing it does.
    func close() {
        state.withLock { state in
            guard let writeEnd = state.writeEnd else { return }
            state.writeEnd = nil
            state.messages = []
            Sockets.close(writeEnd)
            Sockets.close(readEnd)
        }
    }
}
