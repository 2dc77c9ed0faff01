/// Numbers names from 0 by their bytes.
struct NameTable {
    private var arena: [UInt8] = []
    private var ends: [Int] = []
    private var index = LabelIndex()

    var count: Int { ends.count }

    func number(of name: UnsafeRawBufferPointer) -> Int? {
        var probe = index.probe(LabelIndex.hash(name))
        while let number = index.next(&probe) {
            let start = number == 0 ? 0 : ends[number - 1]
            let isSame = arena.withUnsafeBytes { arena in
                ByteCompare.isEqual(UnsafeRawBufferPointer(rebasing: arena[start..<ends[number]]), name)
            }
            if isSame { return number }
        }
        return nil
    }

    /// Adds a name that is not in the table; returns its number.
    mutating func insert(_ name: UnsafeRawBufferPointer) -> Int {
        arena.append(contentsOf: name)
        ends.append(arena.count)
        index.insert(ends.count - 1, hash: LabelIndex.hash(name))
        return ends.count - 1
    }
}
