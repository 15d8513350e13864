namespace OrleansVectors.Partitions.Filters.Codec;

/// <summary>Tags of matches; the numbers never change.</summary>
internal enum FilterMatchKind : byte
{
    String = 0,
    Integer = 1,
    Boolean = 2,
    Any = 3,
    Except = 4,
    Text = 5,
}
