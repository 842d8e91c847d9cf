import Testing

@Test func placeholderFetchCore() { #expect(Bool(true)) }
