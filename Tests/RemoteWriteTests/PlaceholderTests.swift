import Testing

struct PlaceholderTests {
    @Test
    func theModuleIsThere() {}
}
