import RemoteWrite

struct RelabelExpression: LabelExpression {
    init(_ text: String) throws(ConfigurationError) { self.text = text }
    let text: String
    func match(_ text: String) -> [Substring?]? { text == self.text ? [text[...]] : nil }
    func group(named name: String) -> Int? { nil }
}
