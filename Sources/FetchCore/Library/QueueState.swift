import DequeModule

/// What is in a bounded queue and who waits for it, decided without a thread: elements and events in, what to do out.
struct QueueState<Element> {
    typealias ID = UInt64

    /// What putting an element in leads to.
    enum Sent {
        /// It is in the queue.
        case taken
        /// It goes to somebody who waits.
        case handed(to: ID)
        /// There is no room; it goes in when its turn comes.
        case waiting
        /// The queue was finished; nobody will take it.
        case finished
    }

    /// What asking for an element leads to.
    enum Received {
        /// There was one; a producer that waited for its room may have it now.
        case element(Element, admitted: ID?)
        /// There is none yet.
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

    /// Elements in the queue.
    var count: Int { elements.count }

    /// Somebody has an element.
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

    /// Somebody wants an element.
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

    /// No more elements will come; gives who waited for one. What is in the queue, and in the hands of producers that
    /// wait, is still given out.
    mutating func finish() -> [ID] {
        isFinished = true
        defer { consumers.removeAll() }
        return Array(consumers)
    }

    /// Somebody waits no longer; false when it did not wait.
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
