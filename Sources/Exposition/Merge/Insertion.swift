extension MergedExposition {
    /// Adds a family that could be counted only after the merge; dropped when another family has its name.
    package mutating func insert(_ block: FamilyBlock, source: String) {
        let name = block.descriptor.name
        let position = families.firstIndex { !$0.descriptor.name.precedes(name) } ?? families.endIndex
        if position < families.endIndex, families[position].descriptor.name.hasSameBytes(as: name) { return }
        let merged = MergedBlock(source: source, block: block, skipped: nil)
        families.insert(MergedFamily(descriptor: block.descriptor, blocks: [merged]), at: position)
    }
}
