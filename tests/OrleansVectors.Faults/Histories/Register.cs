using System.Globalization;
using System.Text.Json;
using OrleansVectors.Faults.Points;
using OrleansVectors.Faults.Rest;

namespace OrleansVectors.Faults.Histories;

/// <summary>
/// One or several points that are read and written together as one value. The value stands in the payload; the vector
/// has the value of the last write, which a compare-and-set leaves as it is.
/// </summary>
/// <param name="Kind">The collection, of one partition.</param>
/// <param name="Ids">Its points.</param>
internal sealed record Register(CollectionKind Kind, IReadOnlyList<ulong> Ids)
{
    private string Points => $"collections/{Kind.Name}/points";

    public Request Read() => Kind.Retrieve(Ids);

    /// <summary>A write of all points in one request: half of the requests say it as one operation, half as several.</summary>
    public Request Write(long value)
    {
        if (value % 4 == 0 || Ids.Count == 1)
            return new Request("PUT", $"{Points}?wait=true", Upsert(Ids, value));
        IEnumerable<string> operations = Ids.Chunk(2).Select(ids => $$"""{"upsert":{{Upsert(ids, value)}}}""");
        return new Request("POST", $"{Points}/batch?wait=true", $$"""{"operations":[{{string.Join(',', operations)}}]}""");
    }

    public Request Delete() => new("POST", $"{Points}/delete?wait=true", $$"""{"points":[{{CollectionKind.Join(Ids)}}]}""");

    /// <summary>Sets the payload of the points that have another one now.</summary>
    public Request CompareAndSet(long expected, long value) => new(
        "POST",
        $"{Points}/payload?wait=true",
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"payload":{"n":{{{value}}}},"filter":{"must":[{"has_id":[{{{CollectionKind.Join(Ids)}}}]},{"key":"n","match":{"value":{{{expected}}}}}]}}"""));

    /// <summary>The value of each point, 0 for a point that is not there.</summary>
    /// <param name="points">What was read.</param>
    /// <param name="fault">A point whose vector is not of the write that its payload is of, or null.</param>
    public long[] Values(JsonElement points, out string? fault)
    {
        fault = null;
        Dictionary<ulong, long> found = [];
        foreach (JsonElement point in points.EnumerateArray())
        {
            ulong id = point.GetProperty("id").GetUInt64();
            long value = point.GetProperty("payload").GetProperty("n").GetInt64();
            found.Add(id, value);
            long write = PointContent.ReadVector(point.GetProperty("vector"), id, Kind, out bool isWhole);
            if (!isWhole || !UniqueValues.HasItsVector(write) || (UniqueValues.HasItsVector(value) && value != write))
                fault = point.GetRawText();
        }

        return [.. Ids.Select(id => found.GetValueOrDefault(id))];
    }

    private string Upsert(IEnumerable<ulong> ids, long value)
    {
        IEnumerable<string> points = ids.Select(id =>
            $$$"""{"id":{{{id}}},"vector":{{{PointContent.VectorJson(id, value, Kind)}}},"payload":{"n":{{{value}}}}}""");
        return $$"""{"points":[{{string.Join(',', points)}}]}""";
    }
}
