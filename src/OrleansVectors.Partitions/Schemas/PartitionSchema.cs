namespace OrleansVectors.Partitions.Schemas;

/// <summary>What a partition must know of its collection to store and search points.</summary>
/// <param name="Vectors">The vector names, each with its own number.</param>
public sealed record PartitionSchema(IReadOnlyList<VectorFieldSchema> Vectors)
{
    /// <summary>The payload indexes, each with its own number.</summary>
    public IReadOnlyList<PayloadIndexSchema> PayloadIndexes { get; init; } = [];

    /// <summary>Finds a vector by its name; null when the schema has none.</summary>
    public VectorFieldSchema? Find(string name)
    {
        foreach (VectorFieldSchema vector in Vectors)
        {
            if (vector.Name == name)
            {
                return vector;
            }
        }

        return null;
    }
}
