using System.Numerics;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Statistics;

namespace OrleansVectors.Partitions.Searching;

/// <summary>Adds up what the searches of one vector name do.</summary>
/// <remarks>
/// Each core adds to counters on cache lines of its own, so searches do not wait for each other: a handful of uncontended
/// atomic additions for each search. Whoever asks for the totals adds the cores up; a search may be half in them.
/// </remarks>
internal sealed class SearchCounters
{
    private const int CoresMax = 64;
    private const int LineLongs = 8;

    /// <summary>A core's counters: one for each plan, then these.</summary>
    private static readonly SearchPlanKind[] Plans = Enum.GetValues<SearchPlanKind>();
    private static readonly int FellBack = Plans.Length;
    private static readonly int VectorDistances = FellBack + 1;
    private static readonly int CodeDistances = FellBack + 2;
    private static readonly int Rescored = FellBack + 3;
    private static readonly int Visited = FellBack + 4;

    /// <summary>From one core to the next: at least a whole line lies between their counters, wherever the array begins.</summary>
    private static readonly int Stride = Visited + 1 + LineLongs;

    private readonly int _cores = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, CoresMax));
    private readonly long[] _counts;

    public SearchCounters() => _counts = new long[LineLongs + (_cores * Stride)];

    /// <summary>All that was noted.</summary>
    public SearchTotals Totals => new()
    {
        ByPlan = Plans.ToDictionary(plan => plan, plan => Total((int)plan)),
        FellBackToScan = Total(FellBack),
        VectorDistances = Total(VectorDistances),
        CodeDistances = Total(CodeDistances),
        Rescored = Total(Rescored),
        NodesVisited = Total(Visited),
    };

    /// <summary>Notes a search that has found its answer. Any number of threads.</summary>
    public void Note(SearchTrace trace)
    {
        Span<long> own = _counts.AsSpan(LineLongs + ((Thread.GetCurrentProcessorId() & (_cores - 1)) * Stride), Stride);
        Interlocked.Increment(ref own[(int)trace.Plan]);
        Add(ref own[FellBack], trace.FellBack ? 1 : 0);
        Add(ref own[VectorDistances], trace.VectorDistances);
        Add(ref own[CodeDistances], trace.CodeDistances);
        Add(ref own[Rescored], trace.Rescored);
        Add(ref own[Visited], trace.NodesVisited);
    }

    private static void Add(ref long counter, long amount)
    {
        if (amount != 0)
        {
            Interlocked.Add(ref counter, amount);
        }
    }

    private long Total(int counter)
    {
        long total = 0;
        for (int core = 0; core < _cores; core++)
        {
            total += Interlocked.Read(ref _counts[LineLongs + (core * Stride) + counter]);
        }

        return total;
    }
}
