using OrleansVectors.Indexes.Filters;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Partitions.Filters.Resolution;
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
        SearchRequest request, VectorField field, SearchTrace trace, out AppliedState moment, CancellationToken cancellation)
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
        trace.Choose(
            k == 0 ? SearchPlanKind.Nothing : SearchPlanKind.Scan,
            $"multi-vectors are scanned: {query.Length / field.Schema.Dim} rows of the query against {field.Multi!.LiveRows} rows");
        trace.EndPlan();
        long distances;
        Candidate[] nearest;
        if (request.Filter is null or { IsEmpty: true })
        {
            trace.NoteMatches(moment.LivePoints, moment.LivePoints, moment.LivePoints, moment.LivePoints);
            nearest = Scan(field.Multi, query, moment.Rows, k, visible, out distances, cancellation);
        }
        else
        {
            using FilterMatches matches = FilterResolver.Resolve(
                state, request.Filter, new RowMatcher(state, request.Filter), moment, ResolutionLimits.Search);
            trace.NoteMatches(matches.Min, matches.Max, matches.Estimate(), matches.IsExact ? matches.Max : null);
            trace.EndFilter();
            MatchingOrdinals matching = new(matches, new PresentOrdinals(field, moment.Rows, excluded));
            nearest = Scan(field.Multi, query, moment.Rows, k, matching, out distances, cancellation);
        }

        trace.Scanned += distances;
        trace.EndScan();
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
