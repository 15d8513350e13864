using System.Text.Json;
using OrleansVectors.Faults.Points;
using OrleansVectors.Faults.Reporting;
using OrleansVectors.Faults.Rest;

namespace OrleansVectors.Faults.Workload;

/// <summary>
/// Searches points by their own vectors: an exact search must find each first. The ordinary search may walk a graph, which
/// is allowed to miss; a point that a broad walk misses as well is lost to searches and counts as a violation.
/// </summary>
internal sealed class SearchCheck(RestClient rest, IReadOnlyList<Model> models, string where, Report report)
{
    private readonly CollectionKind _kind = models[0].Kind;

    /// <summary>Searches for some points chosen at random.</summary>
    /// <returns>How many the ordinary search missed, and how many were searched.</returns>
    public async Task<(int Missed, int Searched)> RunAsync(int points, Random random)
    {
        KeyValuePair<ulong, PointState>[] all = [.. models.SelectMany(model => model.Points.Where(point => !model.IsDoubtful(point.Key)))];
        if (all.Length == 0)
            return (0, 0);
        KeyValuePair<ulong, PointState>[] chosen = [.. Enumerable.Range(0, points).Select(_ => all[random.Next(all.Length)])];
        foreach (KeyValuePair<ulong, PointState> lost in await MissedAsync(chosen, all.Length, """{"exact":true}""").ConfigureAwait(false))
            Violated(lost, "an exact search");
        KeyValuePair<ulong, PointState>[] missed = await MissedAsync(chosen, all.Length, "{}").ConfigureAwait(false);
        if (missed.Length > 0)
        {
            foreach (KeyValuePair<ulong, PointState> lost in await MissedAsync(missed, all.Length, """{"hnsw_ef":1024}""").ConfigureAwait(false))
                Violated(lost, "a search with hnsw_ef 1024");
        }

        return (missed.Length, chosen.Length);
    }

    /// <summary>Those that are not the nearest to their own vectors.</summary>
    private async Task<KeyValuePair<ulong, PointState>[]> MissedAsync(KeyValuePair<ulong, PointState>[] points, int all, string parameters)
    {
        // Under a dot product the longest vector wins, so there the point is only required among all.
        int limit = _kind.IsMulti ? all : 1;
        string searches = string.Join(
            ',',
            points.Select(point => $$"""{"query":{{PointContent.VectorJson(point.Key, point.Value.Vector, _kind)}},"limit":{{limit}},"params":{{parameters}}}"""));
        Answer answer = await rest.CallAsync(
            new Request("POST", $"collections/{_kind.Name}/points/query/batch", $$"""{"searches":[{{searches}}]}""")).ConfigureAwait(false);
        if (!answer.IsOk)
        {
            report.Violation($"{where}, collection {_kind.Name}", "searches that are answered", answer.ToString());
            return [];
        }

        return [.. points.Zip(answer.Result.EnumerateArray()).Where(pair => !Finds(pair.Second, pair.First.Key)).Select(pair => pair.First)];
    }

    private static bool Finds(JsonElement answer, ulong id)
        => answer.GetProperty("points").EnumerateArray().Any(hit => hit.GetProperty("id").GetUInt64() == id);

    private void Violated(KeyValuePair<ulong, PointState> point, string search)
        => report.Violation(
            $"{where}, collection {_kind.Name}",
            $"{search} for the vector of point {point.Key} ({PointState.Describe(point.Value)}) to find it",
            "other points");
}
