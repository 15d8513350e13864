using System.Globalization;
using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Ivf;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>An inverted file, of vectors or of codes; what lists of codes give is compared again with the vectors.</summary>
internal sealed class MeasuredIvf : IMeasuredIndex
{
    private readonly DataSet set;
    private readonly QueryFilters? filters;
    private readonly ReaderGate gate = new();
    private readonly IvfIndex index;
    private readonly Rescorer rescorer;

    /// <exception cref="BadArgumentException">There are no such codes for the metric.</exception>
    public MeasuredIvf(DataSet set, AnnOptions options, QueryFilters? filters)
    {
        this.set = set;
        this.filters = filters;
        rescorer = new Rescorer(set.Rows, set.Metric);
        try
        {
            index = new IvfIndex(new FloatSpace(set.Rows, set.Metric), new IvfOptions { Lists = options.Lists, Codes = options.Quantizer, Subvectors = options.Subvectors }, (uint)set.Count, gate);
        }
        catch (ArgumentException unsupported)
        {
            throw new BadArgumentException("--quantizer", unsupported.Message);
        }

        var all = DataSet.AllOrdinals(set.Count);
        var start = options.Clock.Seconds(options.BuildThreads);
        index.Train(all, options.BuildThreads);
        index.InsertMany(all, options.BuildThreads);
        BuildSeconds = options.Clock.Seconds(options.BuildThreads) - start;
    }

    public VectorRows Rows => set.Rows;

    public bool HasEffort => true;

    /// <summary>Training and insertion.</summary>
    public double BuildSeconds { get; }

    public long Bytes => set.Rows.UsedBytes((uint)set.Count) + index.Regions.Sum(part => part.UsedBytes);

    public string Describe(SearchPoint point)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"ivf lists={index.Lists} nprobe={point.Effort}");
        return index.Options.Codes is null
            ? text
            : string.Create(CultureInfo.InvariantCulture, $"{text} quantizer={Codes.WordOf(index.Options.Codes)} rescore={point.Rescore}");
    }

    public int Search(int query, SearchPoint point, Span<Candidate> results)
    {
        var pass = gate.Enter();
        try
        {
            if (index.Options.Codes is null || point.Rescore == 0)
            {
                return Find(query, point.Effort, results);
            }

            var room = Rescorer.Room(Math.Max(point.Rescore, results.Length));
            return rescorer.Nearest(set.Queries[query], room[..Find(query, point.Effort, room)], results);
        }
        finally
        {
            gate.Exit(pass);
        }
    }

    public void Dispose() => index.Dispose();

    private int Find(int query, int probes, Span<Candidate> results) =>
        filters is null
            ? index.Search(set.Queries[query], results.Length, probes, default(AdmitAll), results, out _)
            : index.Search(set.Queries[query], results.Length, probes, filters[query].AsFilter, results, out _);
}
