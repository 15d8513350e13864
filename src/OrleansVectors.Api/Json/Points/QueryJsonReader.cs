using System.Text.Json;
using OrleansVectors.Api.Errors;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Reads a query, one or a batch, and the older form of a search.</summary>
internal static class QueryJsonReader
{
    private const int LimitWhenAbsent = 10;

    /// <summary>Existing clients know a query's members by this prefix in errors.</summary>
    private const string Prefix = "internal.";

    /// <summary>Reads the current value, a query.</summary>
    public static QueryRequest Read(ref JsonCursor cursor, CollectionSchema schema)
    {
        string path = cursor.Path;
        QueryRequest request = NewRequest();
        bool prefetch = false;
        var projection = new ProjectionMembers(PayloadSelection.None);
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("query"u8))
                request = QueryMembers.Read(ref cursor, request, schema);
            else if (cursor.NameIs("using"u8))
                request = request with { Using = cursor.GetStringOrNull() ?? "" };
            else if (cursor.NameIs("prefetch"u8))
                prefetch = ReadPrefetch(ref cursor);
            else if (cursor.NameIs("lookup_from"u8))
                request = request with { LookupFrom = ReadLookup(ref cursor) };
            else if (!TryReadCommon(ref cursor, ref request, Prefix) && !projection.TryRead(ref cursor))
                throw cursor.UnknownMember();
        }

        if (prefetch)
        {
            throw request.Kind == QueryKind.None
                ? new BadRequestException("A query is needed to merge the prefetches. Can't have prefetches without defining a query.")
                : BadRequestException.Unsupported(path.Length == 0 ? "`prefetch` queries" : $"{path}: `prefetch` queries");
        }

        CheckThreshold(request);
        return Complete(request, projection, path, Prefix);
    }

    /// <summary>Reads the current value, <c>{searches: [query]}</c>.</summary>
    public static IReadOnlyList<QueryRequest> ReadBatch(ref JsonCursor cursor, CollectionSchema schema)
        => ReadList(ref cursor, schema, older: false);

    /// <summary>Reads the current value, a search in the older form: <c>{vector, limit, ...}</c>.</summary>
    public static QueryRequest ReadSearch(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        QueryRequest request = NewRequest() with { Limit = 0 };
        var projection = new ProjectionMembers(PayloadSelection.None);
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("vector"u8))
                request = ReadSearchVector(ref cursor, request);
            else if (cursor.NameIs("top"u8))
                request = request with { Limit = CommonMembers.ReadCount(ref cursor, LimitWhenAbsent, CollectionLimits.AnswerPointsMax) };
            else if (!TryReadCommon(ref cursor, ref request, "") && !projection.TryRead(ref cursor))
                throw cursor.UnknownMember();
        }

        if (request.Kind == QueryKind.None)
            throw JsonCursor.Missing(path, "vector");
        if (request.Limit == 0)
            throw JsonCursor.Missing(path, "limit");
        return Complete(request, projection, path, "");
    }

    /// <summary>Reads the current value, <c>{searches: [search]}</c> in the older form.</summary>
    public static IReadOnlyList<QueryRequest> ReadSearchBatch(ref JsonCursor cursor, CollectionSchema schema)
        => ReadList(ref cursor, schema, older: true);

    private static QueryRequest NewRequest() => new() { Limit = LimitWhenAbsent, Projection = PointProjection.IdOnly };

    private static bool TryReadCommon(ref JsonCursor cursor, ref QueryRequest request, string prefix)
    {
        if (cursor.NameIs("filter"u8))
            request = request with { Filter = CommonMembers.ReadFilter(ref cursor) };
        else if (cursor.NameIs("params"u8))
            request = request with { Parameters = SearchParametersJson.Read(ref cursor, prefix) };
        else if (cursor.NameIs("score_threshold"u8))
            request = request with { ScoreThreshold = cursor.IsNull ? null : cursor.GetSingle() };
        else if (cursor.NameIs("limit"u8))
            request = request with { Limit = CommonMembers.ReadCount(ref cursor, LimitWhenAbsent, CollectionLimits.AnswerPointsMax, prefix) };
        else if (cursor.NameIs("offset"u8))
            request = request with { Offset = cursor.GetInt32OrNull(0, CollectionLimits.AnswerPointsMax) ?? 0 };
        else if (cursor.NameIs("shard_key"u8))
            CommonMembers.ReadShardKey(ref cursor);
        else
            return false;
        return true;
    }

    private static List<QueryRequest> ReadList(ref JsonCursor cursor, CollectionSchema schema, bool older)
    {
        List<QueryRequest>? requests = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (!cursor.NameIs("searches"u8))
                throw cursor.UnknownMember();
            string path = cursor.Path;
            requests = [];
            long points = 0;
            cursor.BeginArray();
            while (cursor.NextItem())
            {
                requests.Add(older ? ReadSearch(ref cursor) : Read(ref cursor, schema));
                points += requests[^1].Limit + requests[^1].Offset;
                if (points > CollectionLimits.AnswerPointsMax)
                {
                    throw new JsonValidationException(
                        path, $"of limits and offsets that sum up to {points}", $"must be at most {CollectionLimits.AnswerPointsMax} (AnswerPointsMax)");
                }

                if (requests.Count > PointLimits.QueriesMax)
                {
                    throw new JsonValidationException(
                        path, $"of {requests.Count} queries or more", $"must be {PointLimits.QueriesMax} queries or fewer (QueriesMax)");
                }
            }
        }

        return requests ?? throw JsonCursor.Missing("", "searches");
    }

    private static QueryRequest Complete(QueryRequest request, ProjectionMembers projection, string path, string prefix)
    {
        if ((long)request.Limit + request.Offset > CollectionLimits.AnswerPointsMax)
        {
            string place = path.Length == 0 ? $"{prefix}offset" : $"{path}.{prefix}offset";
            throw JsonValidationException.OutOfRange(place, request.Offset, 0, CollectionLimits.AnswerPointsMax - request.Limit);
        }

        return request with { Projection = projection.ToProjection() };
    }

    private static void CheckThreshold(QueryRequest request)
    {
        if (request.ScoreThreshold is null)
            return;
        if (request.Kind == QueryKind.None)
            throw new BadRequestException("A query is needed to use the score_threshold. Can't have score_threshold without defining a query.");
        if (request.Kind == QueryKind.OrderBy)
            throw new BadRequestException("Can't use score_threshold with an order_by query.");
    }

    /// <summary>True when there is a prefetch; it is passed over, since the answer is a refusal.</summary>
    private static bool ReadPrefetch(ref JsonCursor cursor)
    {
        switch (cursor.Token)
        {
            case JsonTokenType.Null:
                return false;
            case JsonTokenType.StartObject:
                cursor.Skip();
                return true;
            case JsonTokenType.StartArray:
                bool any = false;
                cursor.BeginArray();
                while (cursor.NextItem())
                {
                    any = true;
                    cursor.Skip();
                }

                return any;
            default:
                throw cursor.Unexpected("a prefetch or a list of them");
        }
    }

    private static LookupLocation? ReadLookup(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return null;
        string path = cursor.Path;
        string? collection = null;
        string? vector = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("collection"u8))
                collection = cursor.GetString();
            else if (cursor.NameIs("vector"u8))
                vector = cursor.GetStringOrNull();
            else if (cursor.NameIs("shard_key"u8))
                CommonMembers.ReadShardKey(ref cursor);
            else
                throw cursor.UnknownMember();
        }

        return new LookupLocation(collection ?? throw JsonCursor.Missing(path, "collection"), vector);
    }

    private static QueryRequest ReadSearchVector(ref JsonCursor cursor, QueryRequest request)
    {
        if (cursor.Token == JsonTokenType.StartArray)
            return QueryMembers.ReadNearest(ref cursor, request);
        if (cursor.Token != JsonTokenType.StartObject)
            throw cursor.Unexpected("a vector (an array of numbers) or an object with `name` and `vector`");
        string path = cursor.Path;
        string? name = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("name"u8))
                name = cursor.GetString();
            else if (!cursor.NameIs("vector"u8))
                throw cursor.UnknownMember();
            else if (cursor.Token is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
                throw cursor.Unexpected("a vector (an array of numbers)");
            else
                request = QueryMembers.ReadNearest(ref cursor, request);
        }

        if (request.Kind == QueryKind.None)
            throw JsonCursor.Missing(path, "vector");
        return request with { Using = name ?? throw JsonCursor.Missing(path, "name") };
    }
}
