using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Clustering;

/// <summary>The rows of each group, in their own order: a counting sort of the groups that rows were given.</summary>
internal sealed unsafe class Grouping(int rowsMax, int groups) : IDisposable
{
    private readonly AlignedBuffer<int> starts = new(groups + 1);
    private readonly AlignedBuffer<int> members = new(rowsMax);

    public int Groups => groups;

    /// <summary>Sorts rows by group.</summary>
    /// <param name="groupOf">A group for each row.</param>
    /// <param name="count">How many rows.</param>
    public void Group(int* groupOf, int count)
    {
        var start = starts.Span;
        start.Clear();
        for (var i = 0; i < count; i++)
        {
            start[groupOf[i] + 1]++;
        }

        for (var g = 0; g < groups; g++)
        {
            start[g + 1] += start[g];
        }

        // Placing moves each start to the group's end, which is the next one's start: shifted back afterwards.
        for (var i = 0; i < count; i++)
        {
            members[start[groupOf[i]]++] = i;
        }

        start[..groups].CopyTo(start[1..]);
        start[0] = 0;
    }

    /// <summary>The rows of a group, ascending.</summary>
    public ReadOnlySpan<int> Members(int group) => new(members.Start + starts[group], starts[group + 1] - starts[group]);

    public void Dispose()
    {
        starts.Dispose();
        members.Dispose();
    }
}
