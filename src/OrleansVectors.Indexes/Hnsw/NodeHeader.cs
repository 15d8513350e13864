using System.Runtime.InteropServices;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>What the graph knows of a node besides its links. 8 bytes, persisted as they are.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct NodeHeader
{
    /// <summary>The block of the upper slab that holds the links of level 1; higher levels follow. Meaningless on level 0.</summary>
    public uint UpperBlock;

    /// <summary>A <see cref="NodeState"/>.</summary>
    public byte State;

    /// <summary>The highest level the node is on.</summary>
    public byte Level;

    /// <summary>Whether <see cref="UpperBlock"/> has been given out: it stays with the ordinal when the node goes.</summary>
    public byte HasUpperBlock;

    public byte Reserved;
}
