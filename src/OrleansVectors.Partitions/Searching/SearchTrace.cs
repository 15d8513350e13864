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

    /// <summary>Nodes or lists that were looked at.</summary>
    public long NodesVisited { get; private set; }

    /// <summary>Distances between full vectors.</summary>
    public long VectorDistances => Scanned + _vectorDistances;

    /// <summary>Distances from codes.</summary>
    public long CodeDistances { get; private set; }

    /// <summary>Candidates by code that were scored again: a part of <see cref="VectorDistances"/>.</summary>
    public long Rescored { get; private set; }

    private string _reason = "";
    private long _matchesMin;
    private long _matchesMax;
    private long _matchesEstimated;
    private long? _matches;
    private long _vectorDistances;
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
        NodesVisited += stats.Visited;
        _vectorDistances += stats.VectorDistances;
        CodeDistances += stats.CodeDistances;
        Rescored += stats.Rescored;
        _twoHops += stats.TwoHops;
        _codes ??= stats.Codes;
        _oversampling = Math.Max(_oversampling, stats.Oversampling);
    }

    /// <summary>Notes a scan of codes, and what of it was scored again by its vectors.</summary>
    public void CountScanned(QuantizerKind codes, float oversampling, long byCode, long again)
    {
        _codes ??= codes;
        _oversampling = Math.Max(_oversampling, oversampling);
        CodeDistances += byCode;
        _vectorDistances += again;
        Rescored += again;
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
            NodesVisited = NodesVisited,
            TwoHops = _twoHops,
            VectorDistances = VectorDistances,
            CodeDistances = CodeDistances,
            Rescored = Rescored,
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
