using System.Text.Json;
using OrleansVectors.Faults.Points;
using OrleansVectors.Faults.Reporting;
using OrleansVectors.Faults.Rest;

namespace OrleansVectors.Faults.Damage;

/// <summary>Asks a collection for all it has and compares that with what it ever had.</summary>
internal sealed class VictimCheck(RestClient rest, Victim victim, string where, Report report)
{
    private const int Searched = 8;

    /// <summary>Reads everything and searches for some.</summary>
    /// <param name="wound">The damage, or null for a collection that was left alone.</param>
    /// <param name="least">The first batch after which it may stand.</param>
    /// <param name="folder">The collection's folder, which an error must name.</param>
    public async Task<VictimState> RunAsync(Wound? wound, long least, string folder)
    {
        CollectionKind kind = victim.Kind;
        Answer answer = await rest.CallAsync(kind.Retrieve(Enumerable.Range(0, Victim.Ids).Select(id => (ulong)id))).ConfigureAwait(false);
        if (!answer.IsOk)
            return CheckRefusal(answer, wound, folder);
        Dictionary<ulong, PointState> found = [];
        foreach (JsonElement point in answer.Result.EnumerateArray())
        {
            found.Add(point.GetProperty("id").GetUInt64(), PointContent.Read(point, kind, out string? fault));
            if (fault is not null)
            {
                Violated("values that were written, or a refusal", fault);
                return VictimState.Wrong;
            }
        }

        int batch = victim.Find(found);
        if (batch < least)
        {
            Violated(
                $"the points after batch {(least == victim.Last ? "" : $"{least} to ")}{victim.Last}, or a refusal",
                batch < 0 ? $"{found.Count} points that were never there together" : $"those after batch {batch}");
            return VictimState.Wrong;
        }

        if (batch == victim.Last)
            await CountAsync(found.Count).ConfigureAwait(false);
        await SearchAsync(found).ConfigureAwait(false);
        return batch < victim.Last ? VictimState.Cut : VictimState.Whole;
    }

    private VictimState CheckRefusal(Answer answer, Wound? wound, string folder)
    {
        // The file's path has the folder in it.
        bool namesFile = answer.Error.Contains(Path.GetFileName(folder), StringComparison.Ordinal);

        // The name of a collection stands in its document: without it nobody knows which one it was.
        bool isNameless = wound?.FileKind == FileKind.Document && answer.Status == 404;
        if (wound is null || !((answer.Status == 503 && namesFile) || isNameless))
            Violated(wound is null ? "a collection that is not touched by damage elsewhere" : "a 503 that names the file", answer.ToString());
        return VictimState.Refused;
    }

    private async Task CountAsync(int expected)
    {
        Answer count = await rest.CallAsync(victim.Kind.Count()).ConfigureAwait(false);
        if (count.IsOk ? count.Result.GetProperty("count").GetInt32() != expected : count.Status != 503)
            Violated($"a count of {expected}, or 503", count.IsOk ? count.Result.GetRawText() : count.ToString());
    }

    private async Task SearchAsync(Dictionary<ulong, PointState> found)
    {
        foreach ((ulong id, PointState state) in found.Take(Searched))
        {
            foreach (string parameters in new[] { """{"exact":true}""", """{"hnsw_ef":512}""" })
            {
                string vector = PointContent.VectorJson(id, state.Vector, victim.Kind);
                Request request = new(
                    "POST",
                    $"collections/{victim.Kind.Name}/points/query",
                    $$"""{"query":{{vector}},"limit":{{(victim.Kind.IsMulti ? found.Count : 1)}},"params":{{parameters}}}""");
                Answer answer = await rest.CallAsync(request).ConfigureAwait(false);
                bool isRight = answer.IsOk
                    ? answer.Result.GetProperty("points").EnumerateArray().Any(hit => hit.GetProperty("id").GetUInt64() == id)
                    : answer.Status == 503;
                if (!isRight)
                    Violated($"a search {parameters} for the vector of point {id} to find it, or 503", answer.IsOk ? answer.Result.GetRawText() : answer.ToString());
            }
        }
    }

    private void Violated(string expected, string found) => report.Violation(where, expected, found);
}
