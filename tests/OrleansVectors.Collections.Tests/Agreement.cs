using System.Text.Json.Nodes;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Collections.Tests;

/// <summary>Requires that a collection and a dictionary hold and find the same.</summary>
internal static class Agreement
{
    public static async Task CheckAsync(Collection collection, Dictionary<PointId, ModelPoint> model, Random random, string where)
    {
        Assert.True(model.Count == await collection.CountAsync(null), $"{where}: count");
        await CheckScrollAsync(collection, model, where);
        await CheckGetAsync(collection, model, where);
        int group = random.Next(20);
        int inGroup = model.Values.Count(point => point.Payload["group"]?.GetValue<int>() == group);
        Assert.True(inGroup == await collection.CountAsync(Operations.GroupIs(group)), $"{where}: count of group {group}");
        foreach (string name in new[] { "", "second" })
        {
            await CheckSearchAsync(collection, model, random, name, filter: null, where);
            await CheckSearchAsync(collection, model, random, name, group, where);
        }
    }

    private static async Task CheckScrollAsync(Collection collection, Dictionary<PointId, ModelPoint> model, string where)
    {
        List<PointId> scrolled = [];
        PointId? from = null;
        do
        {
            ScrollPage page = await collection.ScrollAsync(new ScrollRequest { Limit = 37, From = from, Projection = PointProjection.IdOnly });
            scrolled.AddRange(page.Points.Select(point => point.Id));
            from = page.Next;
        }
        while (from is not null);
        Assert.True(model.Keys.Order().SequenceEqual(scrolled), $"{where}: scroll");
    }

    private static async Task CheckGetAsync(Collection collection, Dictionary<PointId, ModelPoint> model, string where)
    {
        IReadOnlyList<PointRecord> records = await collection.GetAsync([.. model.Keys], PointProjection.Everything);
        Assert.True(model.Count == records.Count, $"{where}: get");
        foreach (PointRecord record in records)
        {
            ModelPoint expected = model[record.Id];
            JsonNode actual = JsonNode.Parse(record.Payload!.ToString())!;
            Assert.True(JsonNode.DeepEquals(expected.Payload, actual), $"{where}: payload of {record.Id}: {expected.Payload} and {actual}");
            Assert.True(expected.Vectors.Count == record.Vectors!.Count, $"{where}: vectors of {record.Id}");
            foreach (NamedVector vector in record.Vectors)
            {
                Assert.True(expected.Vectors[vector.Name].AsSpan().SequenceEqual(vector.Values.Span), $"{where}: vector {vector.Name} of {record.Id}");
            }
        }
    }

    private static async Task CheckSearchAsync(
        Collection collection, Dictionary<PointId, ModelPoint> model, Random random, string name, int? filter, string where)
    {
        const int K = 10;
        float[] query = [.. Enumerable.Range(0, 12).Select(_ => (float)random.NextDouble())];
        DistanceMetric metric = collection.Schema.Vectors[name].Metric;
        float[] expected = [.. model.Values
            .Where(point => point.Vectors.ContainsKey(name) && (filter is null || point.Payload["group"]?.GetValue<int>() == filter))
            .Select(point => VectorDistance.Between(metric, query, point.Vectors[name]))
            .Order()
            .Take(K)];
        SearchRequest request = new()
        {
            VectorName = name,
            Vector = query,
            Limit = K,
            Filter = filter is { } group ? Operations.GroupIs(group) : null,
            Exact = true,
        };
        SearchAnswer exact = await collection.SearchAsync(request);
        Assert.True(expected.Length == exact.Count, $"{where}: search {name}, filter {filter}: {expected.Length} expected, {exact.Count} found");
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - exact[i].Distance) < 1e-4, $"{where}: search {name}, filter {filter}, rank {i}");
        }

        SearchAnswer walked = await collection.SearchAsync(request with { Exact = false, HnswEf = 200 });
        Assert.True(expected.Length == walked.Count, $"{where}: walk {name}, filter {filter}: {expected.Length} expected, {walked.Count} found");
        int hits = walked.Count(hit => exact.Any(truth => truth.Point.Id == hit.Point.Id));
        Assert.True(hits >= walked.Count - 2, $"{where}: walk {name}, filter {filter}: {hits} of {walked.Count} right");
    }
}
