using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>The exact index: nothing to build, nothing beside the vectors.</summary>
internal sealed class MeasuredFlat(DataSet set, QueryFilters? filters) : IMeasuredIndex
{
    private readonly FlatScan flat = new(new FloatSpace(set.Rows, set.Metric));

    public VectorRows Rows => set.Rows;

    public double BuildSeconds => 0;

    public long Bytes => set.Rows.UsedBytes((uint)set.Count);

    public string Describe(SearchPoint point) => "flat";

    public int Search(int query, SearchPoint point, Span<Candidate> results) =>
        filters is null
            ? flat.Search(set.Queries[query], 0, (uint)set.Count, results.Length, default(AdmitAll), results)
            : flat.Search(set.Queries[query], filters[query].Ordinals, results.Length, default(AdmitAll), results);

    public void Dispose()
    {
    }
}
