namespace OrleansVectors.Benchmarks.Ann;

/// <summary>The queries of a set, one after the other.</summary>
internal sealed class QuerySet(float[] components, int dim)
{
    public int Count => components.Length / dim;

    public ReadOnlySpan<float> this[int query] => components.AsSpan(query * dim, dim);

    /// <summary>Only the first of them.</summary>
    public QuerySet First(int count) => new(components[..(count * dim)], dim);
}
