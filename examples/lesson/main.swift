#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

// `swift run lesson` runs all pieces, `swift run lesson gather queue` two of them.
let wanted = Array(CommandLine.arguments.dropFirst())
for name in wanted where !Lesson.all.contains(where: { $0.name == name }) {
    print("lesson: '\(name)' is not a piece; the pieces are \(Lesson.all.map(\.name).joined(separator: ", "))")
    exit(2)
}
do {
    for lesson in Lesson.all where wanted.isEmpty || wanted.contains(lesson.name) { try await lesson.perform() }
} catch {
    print("lesson: \(error)")
    exit(1)
}
