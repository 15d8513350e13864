using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>The exact index: nothing to build, nothing beside the vectors.</summary>
internal sealed class MeasuredFlat(DataSet set) : IMeasuredIndex
{
    private readonly FlatScan flat = new(new FloatSpace(set.Rows, set.Metric));

    public double BuildSeconds => 0;

    public long Bytes => set.Rows.UsedBytes((uint)set.Count);

    public string Describe(int ef) => "flat";

    public int Search(ReadOnlySpan<float> query, int ef, Span<Candidate> results) =>
        flat.Search(query, 0, (uint)set.Count, results.Length, default(AdmitAll), results);

    public void Dispose()
    {
    }
}
