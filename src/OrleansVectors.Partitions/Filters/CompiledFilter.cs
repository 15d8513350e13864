using OrleansVectors.Partitions.Filters.Evaluation;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters;

/// <summary>
/// A filter made ready for evaluation: keys and texts in UTF-8, sets sorted. Immutable, usable from many threads;
/// evaluating allocates nothing.
/// </summary>
public sealed class CompiledFilter
{
    private readonly FilterNode _root;

    private CompiledFilter(Filter filter)
    {
        Source = filter;
        _root = FilterCompiler.Compile(filter);
        NeedsPayload = _root.NeedsPayload;
    }

    /// <summary>What it was made from.</summary>
    public Filter Source { get; }

    /// <summary>False when payloads do not matter to the answer, so that the caller can pass an empty one.</summary>
    public bool NeedsPayload { get; }

    /// <summary>Prepares a filter.</summary>
    public static CompiledFilter Compile(Filter filter) => new(filter);

    /// <summary>True when the point matches.</summary>
    /// <param name="id">The point's id.</param>
    /// <param name="ordinal">The point's ordinal, handed on to <paramref name="vectors"/>.</param>
    /// <param name="payload">The point's payload.</param>
    /// <param name="vectors">Asked for <c>has_vector</c> conditions only.</param>
    public bool Matches(PointId id, uint ordinal, PayloadView payload, IVectorPresence vectors)
    {
        var point = new FilterPoint(id, ordinal, payload, vectors);
        return _root.Matches(in point);
    }
}
