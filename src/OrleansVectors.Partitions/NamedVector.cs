namespace OrleansVectors.Partitions;

/// <summary>One dense vector, or one multi-vector, of a point. The empty name is the collection's unnamed (default) vector.</summary>
/// <param name="Name">The vector's name in the schema.</param>
/// <param name="Values">Components, as many as the schema's size for each row, all finite. The memory is not kept after the call.</param>
/// <param name="Rows">Rows of a multi-vector, which lie one after the other; 0 for a dense vector.</param>
public readonly record struct NamedVector(string Name, ReadOnlyMemory<float> Values, int Rows = 0);
