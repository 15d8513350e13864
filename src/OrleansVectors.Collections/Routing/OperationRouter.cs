using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Operations;

namespace OrleansVectors.Collections.Routing;

/// <summary>Splits operations by partition, keeping their order; an operation over a filter goes to every partition.</summary>
internal static class OperationRouter
{
    /// <summary>For each partition its operations, or null when it has none.</summary>
    public static List<PointOperation>?[] Route(IReadOnlyList<PointOperation> operations, SlotMap slots)
    {
        List<PointOperation>?[] routed = new List<PointOperation>?[slots.PartitionCount];
        if (slots.PartitionCount == 1)
        {
            routed[0] = [.. operations];
            return routed;
        }

        foreach (PointOperation operation in operations)
        {
            for (int partition = 0; partition < routed.Length; partition++)
            {
                if (Part(operation, id => slots.PartitionOf(id) == partition) is { } part)
                {
                    (routed[partition] ??= []).Add(part);
                }
            }
        }

        return routed;
    }

    private static PointOperation? Part(PointOperation operation, Func<PointId, bool> mine) => operation switch
    {
        UpsertPoints upsert => Some(upsert.Points, point => mine(point.Id)) is { } points ? upsert with { Points = points } : null,
        UpdateVectors update => Some(update.Points, point => mine(point.Id)) is { } points ? update with { Points = points } : null,
        DeletePoints delete => Part(delete.Selection, mine) is { } selection ? delete with { Selection = selection } : null,
        DeleteVectors delete => Part(delete.Selection, mine) is { } selection ? delete with { Selection = selection } : null,
        SetPayload set => Part(set.Selection, mine) is { } selection ? set with { Selection = selection } : null,
        OverwritePayload overwrite => Part(overwrite.Selection, mine) is { } selection ? overwrite with { Selection = selection } : null,
        DeletePayloadKeys delete => Part(delete.Selection, mine) is { } selection ? delete with { Selection = selection } : null,
        ClearPayload clear => Part(clear.Selection, mine) is { } selection ? clear with { Selection = selection } : null,
        _ => throw new ArgumentException($"no route for {operation.GetType().Name}", nameof(operation)),
    };

    private static PointSelection? Part(PointSelection selection, Func<PointId, bool> mine)
        => selection is PointSelection.ByIds byIds
            ? Some(byIds.Ids, mine) is { } ids ? new PointSelection.ByIds(ids) : null
            : selection;

    private static List<T>? Some<T>(IReadOnlyList<T> all, Func<T, bool> mine)
    {
        List<T> some = [.. all.Where(mine)];
        return some.Count == 0 ? null : some;
    }
}
