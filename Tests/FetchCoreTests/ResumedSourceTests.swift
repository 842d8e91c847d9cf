import FetchHTTP
import FetchRecords
import FetchStore
import FetchSystem
import Testing

@Suite("A list is taken up where it was left, if it is the same list")
struct ResumedSourceTests {
    private static func inputs(_ count: Int) -> [Input] {
        (0..<count).map { Samples.input("http://a.test/\($0)", index: $0) }
    }

    private static func completed(_ indices: some Sequence<Int>) -> CompletedInputs {
        var completed = CompletedInputs()
        for index in indices {
            completed.insert(index, Samples.input("http://a.test/\(index)", index: index).fingerprint)
        }
        return completed
    }

    private static func all(_ source: ResumedSource) async -> [Int] {
        var indices: [Int] = []
        while let chunk = await source.next() { indices += chunk.map(\.index) }
        return indices
    }

    @Test("What is done is left out, wherever it stands")
    func leavingOut() async {
        let source = ResumedSource(
            SequenceSource(Self.inputs(1000)), completed: Self.completed([0, 1, 5, 300, 999]), name: "j")
        #expect(await Self.all(source) == (0..<1000).filter { ![0, 1, 5, 300, 999].contains($0) })
        #expect(source.failure == nil)
        #expect(source.total == 995)
    }

    @Test("A list that has grown goes on with what is new, a list that is all done has nothing left")
    func grown() async {
        #expect(
            await Self.all(ResumedSource(SequenceSource(Self.inputs(5)), completed: Self.completed(0..<3), name: "j"))
                == [3, 4])
        #expect(
            await Self.all(ResumedSource(SequenceSource(Self.inputs(3)), completed: Self.completed(0..<3), name: "j"))
                == [])
    }

    @Test("Nothing is given out of a list in which something was changed, however late")
    func changed() async {
        var inputs = Self.inputs(1000)
        inputs[900] = Samples.input("http://other.test/", index: 900)
        let source = ResumedSource(SequenceSource(inputs), completed: Self.completed([0, 900]), name: "j")
        #expect(await Self.all(source) == [])
        #expect(source.isRefused)
        #expect(source.failure?.message.contains("input 900") == true)
    }

    @Test("A change of what is not done yet is nobody's business")
    func changedUndone() async {
        var inputs = Self.inputs(10)
        inputs[4] = Samples.input("http://other.test/", index: 4)
        let source = ResumedSource(SequenceSource(inputs), completed: Self.completed([0, 9]), name: "j")
        #expect(await Self.all(source) == Array(1...8))
        #expect(!source.isRefused)
    }

    @Test("Nothing is given out of a list that has become shorter")
    func shorter() async {
        let source = ResumedSource(SequenceSource(Self.inputs(5)), completed: Self.completed([0, 5]), name: "j")
        #expect(await Self.all(source) == [])
        #expect(source.isRefused)
        #expect(source.failure?.message.contains("shorter") == true)
    }

    @Test("A list that is closed early is not called shorter")
    func closed() async {
        let source = ResumedSource(SequenceSource(Self.inputs(5)), completed: Self.completed([4]), name: "j")
        source.close()
        #expect(await Self.all(source) == [])
        #expect(!source.isRefused)
    }
}
