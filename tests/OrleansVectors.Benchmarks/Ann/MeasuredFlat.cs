using System.Globalization;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>A scan of the vectors, which is exact and takes nothing to build, or of codes of them.</summary>
/// <param name="set">The vectors and the queries.</param>
/// <param name="codes">The codes, disposed with this; none to scan the vectors.</param>
/// <param name="buildSeconds">How long the codes took to make.</param>
/// <param name="filters">What each query may see; all when null.</param>
internal sealed class MeasuredFlat(DataSet set, CodeSpace? codes, double buildSeconds, QueryFilters? filters) : IMeasuredIndex
{
    private readonly FlatScan flat = new(codes ?? (VectorSpace)new FloatSpace(set.Rows, set.Metric));
    private readonly Rescorer rescorer = new(set.Rows, set.Metric);

    public VectorRows Rows => set.Rows;

    public bool HasEffort => false;

    public double BuildSeconds => buildSeconds;

    public long Bytes => set.Rows.UsedBytes((uint)set.Count) + (codes?.UsedBytes((uint)set.Count) ?? 0);

    public string Describe(SearchPoint point) =>
        codes is null ? "flat" : string.Create(CultureInfo.InvariantCulture, $"flat quantizer={Codes.WordOf(codes.Quantizer.Kind)} rescore={point.Rescore}");

    public int Search(int query, SearchPoint point, Span<Candidate> results)
    {
        if (codes is null || point.Rescore == 0)
        {
            return Find(query, results);
        }

        var room = Rescorer.Room(Math.Max(point.Rescore, results.Length));
        return rescorer.Nearest(set.Queries[query], room[..Find(query, room)], results);
    }

    public void Dispose() => codes?.Dispose();

    private int Find(int query, Span<Candidate> results) =>
        filters is null
            ? flat.Search(set.Queries[query], 0, (uint)set.Count, results.Length, default(AdmitAll), results)
            : flat.Search(set.Queries[query], filters[query].Ordinals, results.Length, default(AdmitAll), results);
}
