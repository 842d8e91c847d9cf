import DequeModule

/// The state of a bounded queue and of its waiters. Pure: it takes elements and events and returns what to do.
struct QueueState<Element> {
    typealias ID = UInt64

    /// The result of adding an element.
    enum Sent {
        /// It is in the queue.
        case taken
        /// It goes to a consumer that waits.
        case handed(to: ID)
        /// There is no room; the producer waits for its turn.
        case waiting
        /// The queue was finished; the element is not accepted.
        case finished
    }

    /// The result of asking for an element.
    enum Received {
        /// An element; a waiting producer may use its room now.
        case element(Element, admitted: ID?)
        /// There is none yet; the consumer waits.
        case waiting
        /// There will be none.
        case end
    }

    private let capacity: Int
    private var elements = Deque<Element>()
    private var consumers = Deque<ID>()
    private var producers = Deque<(id: ID, element: Element)>()
    private(set) var isFinished = false

    init(capacity: Int) {
        precondition(capacity > 0, "a queue needs room for an element")
        self.capacity = capacity
    }

    /// The elements in the queue.
    var count: Int { elements.count }

    /// A producer adds an element.
    mutating func send(_ element: Element, by id: ID) -> Sent {
        if isFinished { return .finished }
        if let consumer = consumers.popFirst() { return .handed(to: consumer) }
        if elements.count < capacity {
            elements.append(element)
            return .taken
        }
        producers.append((id, element))
        return .waiting
    }

    /// A consumer asks for an element.
    mutating func receive(by id: ID) -> Received {
        if let element = elements.popFirst() {
            guard let producer = producers.popFirst() else { return .element(element, admitted: nil) }
            elements.append(producer.element)
            return .element(element, admitted: producer.id)
        }
        if isFinished { return .end }
        consumers.append(id)
        return .waiting
    }

    /// No more elements will come; returns the consumers that waited for one. Elements in the queue, and those of
    /// waiting producers, are still delivered.
    mutating func finish() -> [ID] {
        isFinished = true
        defer { consumers.removeAll() }
        return Array(consumers)
    }

    /// A waiter no longer waits; returns false if it did not wait.
    mutating func cancel(_ id: ID) -> Bool {
        if let index = consumers.firstIndex(of: id) {
            consumers.remove(at: index)
            return true
        }
        guard let index = producers.firstIndex(where: { $0.id == id }) else { return false }
        producers.remove(at: index)
        return true
    }
}

extension QueueState: Sendable where Element: Sendable {}
