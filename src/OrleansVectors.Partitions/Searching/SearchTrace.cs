using System.Diagnostics;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions.Searching;

/// <summary>What one search does, noted on the way: plan, counts, time by stage.</summary>
/// <param name="explains">Whether it will be asked to explain: only then reasons are put into words.</param>
internal sealed class SearchTrace(bool explains)
{
    private long _stageStart = Stopwatch.GetTimestamp();
    private StageTimes _times;

    public SearchPlanKind Plan { get; private set; } = SearchPlanKind.Nothing;

    /// <summary>Rows that scans scored.</summary>
    public long Scanned { get; set; }

    public bool FellBack { get; set; }

    private string _reason = "";
    private long _matchesMin;
    private long _matchesMax;
    private long _matchesEstimated;
    private long? _matches;
    private long _visited;
    private long _vectorDistances;
    private long _codeDistances;
    private long _rescored;
    private QuantizerKind? _codes;
    private float _oversampling;
    private long _twoHops;

    /// <summary>Whether it will be asked to explain.</summary>
    public bool Explains => explains;

    public void Choose(SearchPlanKind plan, string reason)
    {
        Plan = plan;
        _reason = reason;
    }

    /// <summary>Notes how many points match, as far as it is known.</summary>
    public void NoteMatches(long least, long most, long estimated, long? known)
        => (_matchesMin, _matchesMax, _matchesEstimated, _matches) = (least, most, estimated, known);

    /// <summary>Adds what an index did.</summary>
    public void Count(in IndexSearchStats stats)
    {
        _visited += stats.Visited;
        _vectorDistances += stats.VectorDistances;
        _codeDistances += stats.CodeDistances;
        _rescored += stats.Rescored;
        _twoHops += stats.TwoHops;
        _codes ??= stats.Codes;
        _oversampling = Math.Max(_oversampling, stats.Oversampling);
    }

    /// <summary>Notes a scan of codes, and what of it was scored again by its vectors.</summary>
    public void CountScanned(QuantizerKind codes, float oversampling, long byCode, long again)
    {
        _codes ??= codes;
        _oversampling = Math.Max(_oversampling, oversampling);
        _codeDistances += byCode;
        _vectorDistances += again;
        _rescored += again;
    }

    /// <summary>Ends the stage that is going on and says which it was; the next one begins.</summary>
    /// <returns>How long it took, in microseconds.</returns>
    public double EndPlan() => End(micros => new StageTimes(micros, 0, 0, 0, 0, 0));

    public double EndFilter() => End(micros => new StageTimes(0, micros, 0, 0, 0, 0));

    /// <summary>Ends a walk, of whose time a part went into scoring again.</summary>
    public double EndWalk(double rescoreMicros)
        => End(micros => new StageTimes(0, 0, Math.Max(0, micros - rescoreMicros), 0, rescoreMicros, 0));

    public double EndScan() => End(micros => new StageTimes(0, 0, 0, micros, 0, 0));

    public double EndRescore() => End(micros => new StageTimes(0, 0, 0, 0, micros, 0));

    public double EndFetch() => End(micros => new StageTimes(0, 0, 0, 0, 0, micros));

    /// <summary>Begins a stage: what was done since the last one ended belongs to none.</summary>
    public void Begin() => _stageStart = Stopwatch.GetTimestamp();

    public SearchExplanation Explain(AppliedState moment)
        => new()
        {
            Plan = Plan,
            Reason = _reason,
            FellBackToScan = FellBack,
            Points = moment.LivePoints,
            MatchesMin = _matchesMin,
            MatchesMax = _matchesMax,
            MatchesEstimated = _matchesEstimated,
            Matches = _matches,
            NodesVisited = _visited,
            TwoHops = _twoHops,
            VectorDistances = Scanned + _vectorDistances,
            CodeDistances = _codeDistances,
            Rescored = _rescored,
            Codes = _codes,
            Oversampling = _oversampling,
            Times = _times,
        };

    private double End(Func<double, StageTimes> stage)
    {
        long now = Stopwatch.GetTimestamp();
        double micros = Stopwatch.GetElapsedTime(_stageStart, now).TotalMicroseconds;
        _stageStart = now;
        _times = StageTimes.Sum(_times, stage(micros));
        return micros;
    }
}
