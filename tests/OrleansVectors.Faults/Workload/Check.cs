using System.Text.Json;
using OrleansVectors.Faults.Points;
using OrleansVectors.Faults.Reporting;
using OrleansVectors.Faults.Rest;

namespace OrleansVectors.Faults.Workload;

/// <summary>Compares one collection of a running server with what its writers know.</summary>
/// <param name="rest">The running server.</param>
/// <param name="models">One model of each writer, all of the same collection.</param>
/// <param name="where">The round, for the report.</param>
/// <param name="report">Where violations go.</param>
internal sealed class Check(RestClient rest, IReadOnlyList<Model> models, string where, Report report)
{
    private const int PageIds = 500;
    private readonly CollectionKind _kind = models[0].Kind;

    /// <summary>
    /// After a restart: finds out which batches in doubt arrived. A batch must be whole in each partition.
    /// </summary>
    public async Task ResolveAsync()
    {
        foreach (Model model in models)
        {
            foreach (Batch batch in model.Doubtful.ToList())
                await ResolveAsync(model, batch).ConfigureAwait(false);
        }
    }

    /// <summary>Compares some points: those written since the last time, and of the others so many chosen at random.</summary>
    /// <returns>How many were compared.</returns>
    public Task<int> SomeAsync(int others, Random random)
    {
        IEnumerable<ulong> ids = models.SelectMany(model => model.Touched);
        if (models.Any(model => model.Points.Count > 0))
        {
            ulong[] all = [.. models.SelectMany(model => model.Points.Keys)];
            ids = ids.Concat(Enumerable.Range(0, others).Select(_ => all[random.Next(all.Length)]));
        }

        return CompareAsync([.. ids.Distinct()]);
    }

    /// <summary>Compares all points, and scrolls through the collection for any that should not be there.</summary>
    /// <returns>How many were compared.</returns>
    public async Task<int> AllAsync()
    {
        HashSet<ulong> expected = [.. models.SelectMany(model => model.Points.Keys)];
        HashSet<ulong> scrolled = [];
        for (string offset = ""; ;)
        {
            Request request = new("POST", $"collections/{_kind.Name}/points/scroll", $$"""{"limit":1000,"with_payload":false{{offset}}}""");
            if (await AskAsync(request).ConfigureAwait(false) is not { } page)
                return 0;
            foreach (JsonElement point in page.GetProperty("points").EnumerateArray())
            {
                if (!scrolled.Add(point.GetProperty("id").GetUInt64()))
                    Violated("each point once in a scroll", point.GetRawText());
            }

            JsonElement next = page.GetProperty("next_page_offset");
            if (next.ValueKind == JsonValueKind.Null)
                break;
            offset = $",\"offset\":{next.GetUInt64()}";
        }

        scrolled.RemoveWhere(IsDoubtful);
        expected.RemoveWhere(IsDoubtful);
        if (!scrolled.SetEquals(expected))
        {
            Violated(
                $"a scroll over {expected.Count} points",
                $"{scrolled.Count} points; missing {Some(expected.Except(scrolled))}; too many {Some(scrolled.Except(expected))}");
        }

        return await CompareAsync([.. expected]).ConfigureAwait(false);
    }

    /// <summary>Compares the exact count; only when no batch is in doubt.</summary>
    public async Task CountAsync()
    {
        if (await AskAsync(_kind.Count()).ConfigureAwait(false) is not { } result)
            return;
        int expected = models.Sum(model => model.Points.Count);
        int found = result.GetProperty("count").GetInt32();
        if (found != expected && models.All(model => model.Doubtful.Count == 0))
            Violated($"{expected} points by count", $"{found}");
    }

    private async Task ResolveAsync(Model model, Batch batch)
    {
        ulong[] ids = [.. batch.Ids];
        if (await ReadAsync(ids).ConfigureAwait(false) is not { } found)
            return;
        List<ulong> arrived = [];
        foreach (IGrouping<int, ulong> part in ids.GroupBy(id => Partitions.Of(id, _kind.Shards)))
        {
            // A point that the batch leaves as it was says nothing.
            ulong[] telling = [.. part.Where(id => batch.After(id, model[id]) != model[id])];
            ulong[] there = [.. telling.Where(id => found[id] == batch.After(id, model[id]))];
            ulong[] absent = [.. telling.Where(id => found[id] == model[id])];
            if (there.Length + absent.Length < telling.Length || (there.Length > 0 && absent.Length > 0))
            {
                Violated(
                    $"all or nothing of the unanswered batch ({batch}) in partition {part.Key}",
                    $"there: {Some(there)}; not there: {Some(absent)}; neither: "
                    + string.Join("; ", telling.Except(there).Except(absent).Select(id => $"{id}: {PointState.Describe(found[id])}, before {PointState.Describe(model[id])}")));
            }

            if (there.Length > 0)
                arrived.AddRange(part);
        }

        model.Resolve(batch, arrived);
    }

    private async Task<int> CompareAsync(ulong[] ids)
    {
        foreach (ulong[] page in ids.Chunk(PageIds))
        {
            if (await ReadAsync(page).ConfigureAwait(false) is not { } found)
                continue;
            foreach (ulong id in page.Where(id => !IsDoubtful(id)))
            {
                PointState? expected = models.Select(model => model[id]).FirstOrDefault(state => state is not null);
                if (found[id] != expected)
                    Violated($"point {id} to have {PointState.Describe(expected)}", PointState.Describe(found[id]));
            }
        }

        return ids.Length;
    }

    private async Task<Dictionary<ulong, PointState?>?> ReadAsync(ulong[] ids)
    {
        if (await AskAsync(_kind.Retrieve(ids)).ConfigureAwait(false) is not { } points)
            return null;
        Dictionary<ulong, PointState?> found = ids.ToDictionary(id => id, _ => (PointState?)null);
        foreach (JsonElement point in points.EnumerateArray())
        {
            found[point.GetProperty("id").GetUInt64()] = PointContent.Read(point, _kind, out string? fault);
            if (fault is not null)
                Violated("what somebody wrote", fault);
        }

        return found;
    }

    private async Task<JsonElement?> AskAsync(Request request)
    {
        Answer answer = await rest.CallAsync(request).ConfigureAwait(false);
        if (answer.IsOk)
            return answer.Result;
        Violated($"an answer to {request.Method} {request.Path}", answer.ToString());
        return null;
    }

    private bool IsDoubtful(ulong id) => models.Any(model => model.IsDoubtful(id));

    private void Violated(string expected, string found) => report.Violation($"{where}, collection {_kind.Name}", expected, found);

    private static string Some(IEnumerable<ulong> ids)
    {
        ulong[] all = [.. ids];
        return all.Length == 0 ? "none" : $"{all.Length} ({string.Join(',', all.Take(10))})";
    }
}
