using System.Diagnostics;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Rows;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions.Searching;

/// <summary>Finds the nearest points of a name whose points have several rows: all that match are scored.</summary>
/// <remarks>The caller is inside the gate.</remarks>
internal sealed class MultiVectorSearcher(PartitionState state)
{
    /// <summary>The nearest points, nearest first, at most offset + limit.</summary>
    public Candidate[] Search(
        SearchRequest request, VectorField field, out AppliedState moment, out SearchExplanation? explanation, CancellationToken cancellation)
    {
        moment = state.Applied;
        int k = (int)Math.Min((long)request.Offset + request.Limit, moment.LivePoints);
        float[] query = request.Vector.ToArray();
        if (field.Schema.Metric == DistanceMetric.Cosine)
        {
            for (int at = 0; at < query.Length; at += field.Schema.Dim)
            {
                VectorDistance.Normalize(query.AsSpan(at, field.Schema.Dim));
            }
        }

        uint excluded = request.Excluded is { } id ? state.Ids.Visible(id, moment.Sequence) : PointRow.NoPrevious;
        VisibleOrdinals visible = new(state.Table, field, moment, excluded);
        long started = Stopwatch.GetTimestamp();
        Candidate[] nearest = request.Filter is null or { IsEmpty: true }
            ? Scan(field.Multi!, query, moment.Rows, k, visible, out long distances, cancellation)
            : Scan(
                field.Multi!,
                query,
                moment.Rows,
                k,
                new MatchingOrdinals(visible, new RowMatcher(state, request.Filter), moment.Sequence),
                out distances,
                cancellation);
        explanation = request.Explain
            ? new SearchExplanation
            {
                Plan = k == 0 ? SearchPlanKind.Nothing : SearchPlanKind.Scan,
                Reason = $"multi-vectors are scanned: {query.Length / field.Schema.Dim} rows of the query against {field.Multi!.LiveRows} rows",
                Points = moment.LivePoints,
                MatchesMin = 0,
                MatchesMax = moment.LivePoints,
                MatchesEstimated = moment.LivePoints,
                VectorDistances = distances,
                Times = new StageTimes(0, 0, 0, Stopwatch.GetElapsedTime(started).TotalMicroseconds, 0, 0),
            }
            : null;
        return nearest;
    }

    private static Candidate[] Scan<TFilter>(
        MultiRows rows, float[] query, uint end, int k, TFilter filter, out long distances, CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter
    {
        Candidate[] nearest = new Candidate[k];
        int found = rows.Scan.Search(query, rows.Lookup, 0, end, k, filter, nearest, out distances, cancellation);
        return found == nearest.Length ? nearest : nearest[..found];
    }
}
