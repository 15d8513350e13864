using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Collections.Changes;

/// <summary>Which changes a consumer wants to hear of.</summary>
/// <remarks>
/// A filter on points looks at what is written, for the log does not say what was there before. So a whole point that is
/// written and does not match is told as a deletion: to who looks through the filter it is gone, if it was ever there. What
/// changes a part of a point, or deletes it, is always told. Nothing that concerns a matching point is missed.
/// </remarks>
public sealed class ChangeFilter : IVectorPresence
{
    private readonly CompiledFilter? _points;
    private readonly IReadOnlySet<Type>? _kinds;
    private HashSet<string> _vectorsOfCurrent = [];

    /// <param name="points">Points that count; null for all.</param>
    /// <param name="kinds">Types of operations, such as <see cref="UpsertPoints"/>; null for all.</param>
    public ChangeFilter(Filter? points = null, IReadOnlySet<Type>? kinds = null)
    {
        _points = points is null or { IsEmpty: true } ? null : CompiledFilter.Compile(points);
        _kinds = kinds;
    }

    /// <summary>What is left of operations.</summary>
    public IReadOnlyList<PointOperation> Apply(IReadOnlyList<PointOperation> operations)
    {
        if (_points is null && _kinds is null)
        {
            return operations;
        }

        return [.. operations.SelectMany(Apply).Where(operation => _kinds?.Contains(operation.GetType()) != false)];
    }

    bool IVectorPresence.HasVector(uint ordinal, string vectorName) => _vectorsOfCurrent.Contains(vectorName);

    private IEnumerable<PointOperation> Apply(PointOperation operation)
    {
        if (_points is null || operation is not UpsertPoints upsert)
        {
            yield return operation;
            yield break;
        }

        PointInput[] matching = [.. upsert.Points.Where(Matches)];
        if (matching.Length > 0)
        {
            yield return upsert with { Points = matching };
        }

        // Conditional writes may have left the point as it was, which is no reason to call it gone.
        if (matching.Length < upsert.Points.Count && upsert is { Mode: UpsertMode.Upsert, UpdateFilter: null })
        {
            yield return new DeletePoints(new PointSelection.ByIds([.. upsert.Points.Except(matching).Select(point => point.Id)]));
        }
        else if (matching.Length < upsert.Points.Count)
        {
            yield return upsert with { Points = [.. upsert.Points.Except(matching)] };
        }
    }

    private bool Matches(PointInput point)
    {
        _vectorsOfCurrent = [.. point.Vectors.Select(vector => vector.Name)];
        PayloadView payload = point.Payload.Encoded.IsEmpty ? PayloadView.Empty : point.Payload.View;
        return _points!.Matches(point.Id, 0, payload, this);
    }
}
