using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Collections.Control;

/// <summary>What is kept of a collection besides its points: one small document, replaced as a whole.</summary>
/// <param name="Name">The collection's name.</param>
/// <param name="Schema">The schema.</param>
/// <param name="VectorNumbers">The number that stands for each vector name in logs and files.</param>
/// <param name="NextVectorNumber">The number of the next vector name; numbers are not given twice.</param>
/// <param name="PayloadIndexNumbers">The number that stands for each payload index in files; null in documents from before there were any.</param>
/// <param name="NextPayloadIndexNumber">The number of the next payload index; numbers are not given twice.</param>
/// <param name="FormatVersion">
/// 1: without payload index numbers, index kinds, codes, datatypes and multi-vectors. 2: with them; what a document of
/// version 1 lacks has its default. 3: codes may be refused, and have a target; without a word on them a graph may have
/// some, which documents of version 2 do not say otherwise.
/// </param>
internal sealed record StoredCollection(
    string Name,
    CollectionSchema Schema,
    IReadOnlyDictionary<string, ushort> VectorNumbers,
    ushort NextVectorNumber,
    IReadOnlyDictionary<string, ushort>? PayloadIndexNumbers = null,
    ushort NextPayloadIndexNumber = 0,
    int FormatVersion = 1)
{
    /// <summary>The version that this program writes; it reads all up to it.</summary>
    public const int CurrentFormat = 3;

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

        (Dictionary<string, ushort> indexNumbers, ushort nextIndex) = NumberIndexes(schema);
        return new StoredCollection(Name, schema, numbers, next, indexNumbers, nextIndex, CurrentFormat);
    }

    /// <summary>What partitions must know.</summary>
    public PartitionSchema ToPartitionSchema()
        => new([.. Schema.Vectors.Select(vector => VectorFieldPlan.Of(Schema, vector.Key, vector.Value, VectorNumbers[vector.Key]))])
        {
            PayloadIndexes =
            [
                .. PayloadIndexNumbers!.Select(index => new PayloadIndexSchema(
                    index.Value, PayloadPath.Parse(index.Key), Schema.PayloadIndexes[index.Key].Type)),
            ],
        };

    /// <summary>Numbers for a schema's payload indexes: one that stays keeps its own. Texts are declared only, so they have none.</summary>
    private (Dictionary<string, ushort> Numbers, ushort Next) NumberIndexes(CollectionSchema schema)
    {
        Dictionary<string, ushort> numbers = [];
        ushort next = NextPayloadIndexNumber;
        foreach ((string path, PayloadIndexSettings wanted) in schema.PayloadIndexes)
        {
            if (wanted.Type != PayloadIndexType.Text)
            {
                bool same = Schema.PayloadIndexes.TryGetValue(path, out PayloadIndexSettings? present) && present.Type == wanted.Type;
                numbers[path] = same && PayloadIndexNumbers?.TryGetValue(path, out ushort number) == true ? number : checked(next++);
            }
        }

        return (numbers, next);
    }
}
