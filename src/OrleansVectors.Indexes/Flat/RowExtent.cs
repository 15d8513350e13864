namespace OrleansVectors.Indexes.Flat;

/// <summary>The rows of one point in a space that holds several for each.</summary>
/// <param name="First">Ordinal of the first row.</param>
/// <param name="Count">How many follow each other.</param>
public readonly record struct RowExtent(uint First, int Count);
