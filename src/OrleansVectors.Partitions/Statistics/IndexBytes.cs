namespace OrleansVectors.Partitions.Statistics;

/// <summary>Bytes in use of indexes, by what they hold.</summary>
/// <param name="Codes">Codes by ordinal.</param>
/// <param name="Links">Nodes of graphs and the links between them.</param>
/// <param name="Lists">Inverted lists, with the codes in them.</param>
public readonly record struct IndexBytes(long Codes = 0, long Links = 0, long Lists = 0)
{
    /// <summary>The bytes of two.</summary>
    public static IndexBytes Sum(IndexBytes left, IndexBytes right)
        => new(left.Codes + right.Codes, left.Links + right.Links, left.Lists + right.Lists);
}
