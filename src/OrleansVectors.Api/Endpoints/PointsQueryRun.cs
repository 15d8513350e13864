using OrleansVectors.Api.Errors;
using OrleansVectors.Api.Json.Points;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Api.Endpoints;

/// <summary>One query on its way: resolves the point that stands for a vector, searches, and makes scores of distances.</summary>
internal sealed class PointsQueryRun(VectorDatabase database, Collection collection, QueryRequest request)
{
    /// <summary>What points without a real score carry, as existing servers have it.</summary>
    private const float ScoreWithoutQuery = 1f;

    private readonly CollectionSchema _schema = collection.Schema;
    private IReadOnlyList<SearchExplanation> _explanations = [];

    /// <summary>Answers the query.</summary>
    public async Task<PointsQueryAnswer> RunAsync(CancellationToken cancellationToken)
    {
        PointsReadEndpoints.CheckNames(request.Projection, _schema);
        IReadOnlyList<PointsQueryHit> hits = request.Kind is QueryKind.NearestToVector or QueryKind.NearestToPoint
            ? await SearchAsync(cancellationToken).ConfigureAwait(false)
            : await ScrollAsync(cancellationToken).ConfigureAwait(false);
        return new PointsQueryAnswer(hits, request.Projection, _schema, request.Parameters.Explain ? _explanations : null);
    }

    private async Task<IReadOnlyList<PointsQueryHit>> SearchAsync(CancellationToken cancellationToken)
    {
        if (!_schema.Vectors.TryGetValue(request.Using, out VectorSchema? vector))
            throw new InvalidInputException($"Not existing vector name error: {request.Using}{UnnamedHint()}");
        (ReadOnlyMemory<float> values, PointId? excluded) = request.Kind == QueryKind.NearestToVector
            ? (request.Vector, null)
            : await LookUpAsync(cancellationToken).ConfigureAwait(false);
        int rows = request.Kind == QueryKind.NearestToVector ? Math.Max(request.VectorRows, 1) : Math.Max(values.Length / vector.Size, 1);
        if (request.VectorRows > 0 && !vector.IsMultiVector)
            throw InvalidInputException.UnexpectedRows(request.Using, request.QueryPath);
        if (values.Length != vector.Size * rows || (rows > 1 && !vector.IsMultiVector))
        {
            throw new InvalidInputException(
                $"Vector dimension error: expected dim: {vector.Size}, got {values.Length / rows} (at {request.QueryPath})");
        }

        DistanceMetric metric = vector.Metric;
        SearchAnswer found = await collection.SearchAsync(
            new SearchRequest
            {
                VectorName = request.Using,
                Vector = values,
                Filter = request.Filter,
                Limit = request.Limit,
                Offset = request.Offset,
                DistanceMax = request.ScoreThreshold is float threshold ? Scores.DistanceMax(metric, threshold) : null,
                Exact = request.Parameters.Exact,
                IndexedOnly = request.Parameters.IndexedOnly,
                HnswEf = request.Parameters.HnswEf,
                Quantization = request.Parameters.Quantization,
                NProbe = request.Parameters.NProbe,
                Explain = request.Parameters.Explain,
                Excluded = excluded,
                Projection = request.Projection,
            },
            cancellationToken).ConfigureAwait(false);
        _explanations = found.Explanations;
        var hits = new PointsQueryHit[found.Count];
        for (int i = 0; i < hits.Length; i++)
            hits[i] = new PointsQueryHit(found[i].Point, Scores.OfDistance(metric, found[i].Distance), Order: null);
        return hits;
    }

    /// <summary>The stored vector of the query's point, and that point when it could be found among the answers.</summary>
    private async Task<(ReadOnlyMemory<float> Values, PointId? Excluded)> LookUpAsync(CancellationToken cancellationToken)
    {
        Collection source = collection;
        if (request.LookupFrom is { } lookup && !database.TryGetCollection(lookup.Collection, out source!))
            throw new NotFoundException($"Collection {lookup.Collection} not found");
        string name = request.LookupFrom?.Vector ?? request.Using;
        if (!source.Schema.Vectors.ContainsKey(name))
            throw new InvalidInputException($"Not existing vector name error: {name} (in collection {source.Name})");
        IReadOnlyList<PointRecord> points = await source
            .GetAsync([request.Point], new PointProjection(PayloadSelection.None, [name]), cancellationToken)
            .ConfigureAwait(false);
        if (points.Count == 0)
            throw new PointNotFoundException(request.Point);
        foreach (NamedVector vector in points[0].Vectors ?? [])
        {
            if (vector.Name == name)
                return (vector.Values, source.Name == collection.Name ? request.Point : null);
        }

        throw new NotFoundException($"Vector with name \"{name}\" for point {request.Point} (at {request.QueryPath})");
    }

    private async Task<IReadOnlyList<PointsQueryHit>> ScrollAsync(CancellationToken cancellationToken)
    {
        ScrollPage page = await collection.ScrollAsync(
            new ScrollRequest
            {
                Filter = request.Filter,
                Limit = request.Offset + request.Limit,
                OrderBy = request.Order,
                Projection = request.Projection,
            },
            cancellationToken).ConfigureAwait(false);
        var hits = new List<PointsQueryHit>();
        for (int i = request.Offset; i < page.Points.Count; i++)
            hits.Add(new PointsQueryHit(page.Points[i], ScoreWithoutQuery, page.OrderValues?[i]));
        return hits;
    }

    private string UnnamedHint()
        => request.Using.Length == 0
            ? $" (the collection has no unnamed vector; `using` one of: {string.Join(", ", _schema.Vectors.Keys)})"
            : "";
}
