namespace OrleansVectors.Faults.Histories;

/// <summary>
/// What one request for all points of a group found, one value for each point. Groups are only ever written whole, so that
/// values differ only if a batch was torn.
/// </summary>
internal static class GroupRead
{
    /// <summary>The value of the whole group; false when it is torn.</summary>
    public static bool TryMerge(IReadOnlyList<long> values, out long value)
    {
        value = values[0];
        long first = value;
        return values.All(other => other == first);
    }
}
