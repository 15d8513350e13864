using System.Runtime.CompilerServices;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>
/// Where the lists of one level are. A list is an array of <see cref="Max"/> ordinals, ended early by
/// <see cref="HnswGraph.NoLink"/>. A type parameter, so that the lowest level costs one multiplication.
/// </summary>
internal unsafe interface ILinkLists
{
    int Max { get; }

    uint* Of(uint ordinal);
}

/// <summary>The lowest level: one list per ordinal at a fixed stride.</summary>
internal readonly unsafe struct LowestLists(byte* start, nuint strideBytes, int max) : ILinkLists
{
    public int Max => max;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint* Of(uint ordinal) => (uint*)(start + (ordinal * strideBytes));
}

/// <summary>A level above: found through the node's header.</summary>
internal readonly unsafe struct UpperLists(NodeHeader* headers, byte* slab, nuint blockBytes, int level, int max) : ILinkLists
{
    public int Max => max;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint* Of(uint ordinal) => (uint*)(slab + ((headers[ordinal].UpperBlock + (nuint)level - 1) * blockBytes));
}
