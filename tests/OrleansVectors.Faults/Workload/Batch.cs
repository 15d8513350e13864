using OrleansVectors.Faults.Points;
using OrleansVectors.Faults.Rest;

namespace OrleansVectors.Faults.Workload;

/// <summary>The changes of one request. Those for one partition are there whole or not at all.</summary>
/// <param name="Kind">The collection.</param>
/// <param name="Changes">What happens, in order.</param>
internal sealed record Batch(CollectionKind Kind, IReadOnlyList<Change> Changes)
{
    /// <summary>The points that may change.</summary>
    public IEnumerable<ulong> Ids => Changes.SelectMany(change => change.Ids).Distinct();

    /// <summary>What a point is after it.</summary>
    public PointState? After(ulong id, PointState? before)
        => Changes.Where(change => change.Ids.Contains(id)).Aggregate(before, (state, change) => change.Apply(state));

    /// <summary>The request: one of its own for a single operation, else a list of operations.</summary>
    public Request ToRequest()
    {
        List<(Change Change, string Body)> parts = [.. Changes.SelectMany(change => change.Bodies(Kind).Select(body => (change, body)))];
        string points = $"collections/{Kind.Name}/points";
        if (parts.Count == 1)
        {
            (string method, string suffix) = parts[0].Change.Endpoint;
            return new Request(method, $"{points}{suffix}?wait=true", parts[0].Body);
        }

        string operations = string.Join(',', parts.Select(part => $$"""{"{{part.Change.Name}}":{{part.Body}}}"""));
        return new Request("POST", $"{points}/batch?wait=true", $$"""{"operations":[{{operations}}]}""");
    }

    public override string ToString()
        => $"{Kind.Name}: {string.Join(", ", Changes.Select(change => $"{change.Name} {change.Write} of {change.Ids.Count}"))}";
}
