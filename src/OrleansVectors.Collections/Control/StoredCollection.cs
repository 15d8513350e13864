using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Storage.Log;

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
/// some, which documents of version 2 do not say otherwise. 4: with <see cref="Since"/> and what belongs to it.
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
    public const int CurrentFormat = 4;

    /// <summary>How many earlier descriptions are kept.</summary>
    private const int EarlierMax = 50;

    /// <summary>From when on this description holds, in microseconds (<see cref="LogTime"/>); 0 in documents from before version 4.</summary>
    public long Since { get; init; }

    /// <summary>When the collection came to be; 0 in documents from before version 4.</summary>
    public long Created { get; init; }

    /// <summary>What held before, oldest first, so that a moment of the past is read by its own schema; none of them has any of its own.</summary>
    public IReadOnlyList<StoredCollection>? Earlier { get; init; }

    /// <summary>
    /// The folder of the collection that this one takes the place of, under the same name: if both are there, a crash came
    /// before that one was cleared away.
    /// </summary>
    public string? Replaces { get; init; }

    /// <summary>A collection that has just been described.</summary>
    public static StoredCollection Create(string name, CollectionSchema schema, LogTime now)
        => new StoredCollection(name, schema, new Dictionary<string, ushort>(), 0).With(schema, now) with
        {
            Created = now.Microseconds,
            Earlier = null,
        };

    /// <summary>What held at a moment, without what was before or came after; the oldest that is known for a moment before it.</summary>
    public StoredCollection At(LogTime moment)
    {
        StoredCollection held = (Earlier ?? []).Append(this).LastOrDefault(description => description.Since <= moment.Microseconds)
            ?? (Earlier is [StoredCollection oldest, ..] ? oldest : this);
        return held with { Earlier = null, Replaces = null };
    }

    /// <summary>The collection with another schema: new names get numbers, names that are gone give theirs up.</summary>
    public StoredCollection With(CollectionSchema schema, LogTime now)
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
        return new StoredCollection(Name, schema, numbers, next, indexNumbers, nextIndex, CurrentFormat)
        {
            Since = now.Microseconds,
            Created = Created,
            Earlier = [.. (Earlier ?? []).Append(this with { Earlier = null, Replaces = null }).TakeLast(EarlierMax)],
        };
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
