using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Collections.Control;

/// <summary>What is kept of a collection besides its points: one small document, replaced as a whole.</summary>
/// <param name="Name">The collection's name.</param>
/// <param name="Schema">The schema.</param>
/// <param name="VectorNumbers">The number that stands for each vector name in logs and files.</param>
/// <param name="NextVectorNumber">The number of the next vector name; numbers are not given twice.</param>
internal sealed record StoredCollection(
    string Name,
    CollectionSchema Schema,
    IReadOnlyDictionary<string, ushort> VectorNumbers,
    ushort NextVectorNumber)
{
    /// <summary>A collection that has just been described.</summary>
    public static StoredCollection Create(string name, CollectionSchema schema)
        => new StoredCollection(name, schema, new Dictionary<string, ushort>(), 0).With(schema);

    /// <summary>The collection with another schema: new names get numbers, names that are gone give theirs up.</summary>
    public StoredCollection With(CollectionSchema schema)
    {
        Dictionary<string, ushort> numbers = [];
        ushort next = NextVectorNumber;
        foreach ((string vector, VectorSchema wanted) in schema.Vectors)
        {
            bool same = Schema.Vectors.TryGetValue(vector, out VectorSchema? present)
                && present.Size == wanted.Size
                && present.Metric == wanted.Metric
                && VectorNumbers.ContainsKey(vector);
            numbers[vector] = same ? VectorNumbers[vector] : checked(next++);
        }

        return new StoredCollection(Name, schema, numbers, next);
    }

    /// <summary>What partitions must know.</summary>
    public PartitionSchema ToPartitionSchema()
        => new([.. Schema.Vectors.Select(vector => Field(vector.Key, vector.Value))]);

    private VectorFieldSchema Field(string name, VectorSchema vector)
    {
        HnswSettings own = vector.Hnsw ?? new HnswSettings();
        int m = own.M ?? Schema.Hnsw.M ?? CollectionDefaults.M;
        long fullScanKb = own.FullScanThresholdKb ?? Schema.Hnsw.FullScanThresholdKb ?? CollectionDefaults.FullScanThresholdKb;
        return new VectorFieldSchema
        {
            Number = VectorNumbers[name],
            Name = name,
            Dim = vector.Size,
            Metric = vector.Metric,
            M = m,
            EfConstruction = own.EfConstruct ?? Schema.Hnsw.EfConstruct ?? CollectionDefaults.EfConstruct,
            GraphFromBytes = Math.Max(fullScanKb, Schema.IndexingThresholdKb) * 1024,
        };
    }
}
