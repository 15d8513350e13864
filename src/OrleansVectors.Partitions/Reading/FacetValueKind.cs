namespace OrleansVectors.Partitions.Reading;

/// <summary>The kinds of value a facet counts.</summary>
public enum FacetValueKind : byte
{
    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A 64-bit integer.</summary>
    Integer,

    /// <summary>A string.</summary>
    Text,
}
