using OrleansVectors.Partitions.Indexing;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions.Statistics;

/// <summary>Puts the figures of one vector name together.</summary>
internal static class FieldFigures
{
    /// <summary>The figures as of now. The caller is inside the gate.</summary>
    /// <param name="field">The vector name.</param>
    /// <param name="rows">Rows in use or free.</param>
    public static VectorStatistics Of(VectorField field, uint rows)
    {
        VectorIndex? index = field.Index;
        VectorIndex? next = field.Next;
        long unindexed = PartitionIndexing.UnindexedRows(field, rows);
        return new VectorStatistics
        {
            Name = field.Schema.Name,
            LiveVectors = field.LiveVectors,
            VectorBytes = field.UsedBytes(rows),
            IndexBytes = IndexBytes.Sum(index?.Bytes ?? default, next?.Bytes ?? default),
            Serving = [ServingOf(index)],
            IsRebuilding = next is not null,
            DeadVectors = DeadIn(index),
            UnindexedVectors = unindexed,
            UnindexedBytes = unindexed * field.Rows.StrideBytes,
            Insertions = field.Insertions,
            Searches = field.Searches.Totals,
        };
    }

    /// <summary>The same index that a search would go by.</summary>
    private static ServingIndex ServingOf(VectorIndex? index) => index switch
    {
        null => new ServingIndex(VectorIndexKind.Flat),
        { IsTrusted: true, Cursor.IndexedBelow: > 0 } => index.Serving,
        _ => new ServingIndex(Kind: null),
    };

    /// <summary>What ended before it was taken up counts as dead, too, until the next removal.</summary>
    private static long DeadIn(VectorIndex? index)
        => index is null ? 0 : Math.Min(Interlocked.Read(ref index.Dead), index.Count);
}
