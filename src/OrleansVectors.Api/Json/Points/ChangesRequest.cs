using OrleansVectors.Api.Json.Filters;
using OrleansVectors.Partitions.Filters;

namespace OrleansVectors.Api.Json.Points;

/// <summary>The body that asks for changes: <c>{after?, operations?, filter?}</c>.</summary>
/// <param name="After">A position, <c>oldest</c> or <c>newest</c>; null for the newest.</param>
/// <param name="Operations">Types of operations that are wanted; null for all.</param>
/// <param name="Filter">Points that are wanted; null for all.</param>
internal sealed record ChangesRequest(string? After, IReadOnlySet<Type>? Operations, Filter? Filter)
{
    /// <summary>Reads a body.</summary>
    public static ChangesRequest Read(ReadOnlySpan<byte> body)
    {
        var cursor = new JsonCursor(body);
        var request = new ChangesRequest(null, null, null);
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("after"u8))
                request = request with { After = cursor.GetStringOrNull() };
            else if (cursor.NameIs("operations"u8))
                request = request with { Operations = ReadKinds(ref cursor) };
            else if (cursor.NameIs("filter"u8))
                request = request with { Filter = CommonMembers.ReadFilter(ref cursor) };
            else
                throw cursor.UnknownMember();
        }

        cursor.EndDocument();
        return request;
    }

    private static HashSet<Type>? ReadKinds(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return null;
        var kinds = new HashSet<Type>();
        cursor.BeginArray();
        while (cursor.NextItem())
            kinds.Add(OperationJsonWriter.Kinds[cursor.GetOneOf([.. OperationJsonWriter.Kinds.Keys])]);
        return kinds;
    }
}
