namespace OrleansVectors.Partitions;

/// <summary>One dense vector of a point. The empty name is the collection's unnamed (default) vector.</summary>
/// <param name="Name">The vector's name in the schema.</param>
/// <param name="Values">Components, as many as the schema's size, all finite. The memory is not kept after the call.</param>
public readonly record struct NamedVector(string Name, ReadOnlyMemory<float> Values);
