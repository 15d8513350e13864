using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Gathers <c>points</c> or <c>filter</c> (and <c>shard_key</c>) out of an operation's members: exactly one of the two.</summary>
internal struct SelectionMembers
{
    private IReadOnlyList<PointId>? _ids;
    private Filter? _filter;

    /// <summary>Reads the current member if it is one of them.</summary>
    public bool TryRead(ref JsonCursor cursor)
    {
        if (cursor.NameIs("points"u8))
            _ids = cursor.IsNull ? null : PointIdJson.ReadList(ref cursor);
        else if (cursor.NameIs("filter"u8))
            _filter = CommonMembers.ReadFilter(ref cursor);
        else if (cursor.NameIs("shard_key"u8))
            CommonMembers.ReadShardKey(ref cursor);
        else
            return false;
        return true;
    }

    /// <summary>What was gathered.</summary>
    /// <param name="path">The operation's place in the body, for the error.</param>
    public readonly PointSelection ToSelection(string path) => (_ids, _filter) switch
    {
        ({ } ids, null) => new PointSelection.ByIds(ids),
        (null, { } filter) => new PointSelection.ByFilter(filter),
        (null, null) => throw new JsonFormatException(path, "Either list of point ids or filter must be provided: missing field `points` or `filter`"),
        _ => throw new JsonFormatException(path, "`points` and `filter` cannot be given together"),
    };
}
