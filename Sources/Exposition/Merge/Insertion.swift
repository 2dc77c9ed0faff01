extension MergedExposition {
    /// Adds a family that could be counted only after the merge; it goes before what others have of its name.
    package mutating func insert(_ block: FamilyBlock, source: String) {
        let name = block.descriptor.name
        let own = MergedBlock(source: source, block: block, comesFirst: true)
        let position = families.firstIndex { !$0.descriptor.name.precedes(name) } ?? families.endIndex
        guard position < families.endIndex, families[position].descriptor.name.hasSameBytes(as: name) else {
            families.insert(MergedFamily(descriptor: block.descriptor, blocks: [own]), at: position)
            return
        }
        let hasSameKind = families[position].descriptor.kind == block.descriptor.kind
        let others = hasSameKind ? families[position].blocks : []
        families[position] = MergedFamily(descriptor: block.descriptor, blocks: [own] + others)
        conflicts += families[position].dropDuplicates()
    }
}
