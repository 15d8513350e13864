namespace OrleansVectors.Indexes.Hnsw;

/// <summary>Where every walk starts: a node of the top level. Packed into 64 bits, so it is read and replaced at once.</summary>
internal readonly record struct EntryPoint(uint Ordinal, int Level)
{
    public static readonly EntryPoint None = new(HnswGraph.NoLink, -1);

    public bool IsNone => Level < 0;

    public static EntryPoint Unpack(long packed) => new((uint)packed, (int)(packed >> 32));

    public long Pack() => ((long)Level << 32) | Ordinal;
}
