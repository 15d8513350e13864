namespace OrleansVectors.Collections.Schemas;

/// <summary>Families of codes, by the names that existing clients know.</summary>
public enum QuantizationMethod : byte
{
    /// <summary>A small integer for each component.</summary>
    Scalar,

    /// <summary>A centroid's number for each group of components.</summary>
    Product,

    /// <summary>One or two bits for each component.</summary>
    Binary,

    /// <summary>One to four bits for each rotated component.</summary>
    Turbo,

    /// <summary>No codes, not even those that a graph has when nobody says anything.</summary>
    Disabled,
}
