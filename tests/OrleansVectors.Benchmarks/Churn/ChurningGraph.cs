using OrleansVectors.Benchmarks.Ann;
using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Churn;

/// <summary>
/// A graph whose points come and go while others search, as in a partition: what comes gets a free ordinal, what goes is
/// hidden at once and taken out of the graph with many others, and its ordinal is free once no reader can stand on it.
/// One thread changes it.
/// </summary>
internal sealed class ChurningGraph : IDisposable
{
    /// <summary>Hidden points are taken out when they are more than so many of a hundred.</summary>
    private const int HiddenPercentMax = 5;

    private const int SpareOrdinalsMin = 64;

    private readonly DataSet set;
    private readonly ReaderGate gate = new();
    private readonly Queue<uint> free = new();
    private readonly List<uint> hidden = [];
    private readonly uint[] ordinalOf;
    private readonly byte[] isHidden;
    private readonly int live;
    private readonly CodeSpace? codes;

    /// <summary>Fills it with the first rows.</summary>
    /// <exception cref="BadArgumentException">There are no such codes for these vectors.</exception>
    public ChurningGraph(DataSet set, int[] first, HnswOptions options, QuantizerKind? quantizer, int threads, Clock clock, TextWriter error)
    {
        this.set = set;
        live = first.Length;
        var capacity = (uint)(live + (live * HiddenPercentMax / 100) + SpareOrdinalsMin);
        Rows = new VectorRows("changing vectors", set.Rows.Dim, capacity);
        codes = Codes.Train(quantizer, set, capacity);
        Graph = new HnswGraph(codes ?? (VectorSpace)new FloatSpace(Rows, set.Metric), options, capacity);
        ordinalOf = new uint[set.Count];
        isHidden = new byte[capacity];
        for (var ordinal = 0; ordinal < capacity; ordinal++)
        {
            if (ordinal < live)
            {
                Write((uint)ordinal, first[ordinal]);
                ordinalOf[first[ordinal]] = (uint)ordinal;
            }
            else
            {
                free.Enqueue((uint)ordinal);
            }
        }

        BuildSeconds = GraphBuild.Fill(Graph, live, threads, clock, error);
    }

    public VectorRows Rows { get; }

    public HnswGraph Graph { get; }

    public double BuildSeconds { get; }

    /// <summary>Carries out one change.</summary>
    public void Apply(ChurnStep step)
    {
        if (hidden.Count * 100 > live * HiddenPercentMax)
        {
            Consolidate();
        }

        var ordinal = free.Dequeue();
        Write(ordinal, step.Come);
        Volatile.Write(ref isHidden[ordinal], 0);
        var pass = gate.Enter();
        Graph.Insert(ordinal);
        gate.Exit(pass);

        var gone = ordinalOf[step.Gone];
        Volatile.Write(ref isHidden[gone], 1);
        hidden.Add(gone);
        ordinalOf[step.Come] = ordinal;
    }

    /// <summary>Takes what is hidden out of the graph.</summary>
    public void Consolidate()
    {
        Graph.Remove(hidden.ToArray());
        gate.WaitForReaders();
        hidden.ForEach(free.Enqueue);
        hidden.Clear();
    }

    /// <summary>Searches among the points that are not hidden; any number of threads at once, also while it changes.</summary>
    public int Search(ReadOnlySpan<float> query, int ef, Span<Candidate> results)
    {
        var pass = gate.Enter();
        try
        {
            return Graph.Search(query, results.Length, ef, new Visible(isHidden), results, out _);
        }
        finally
        {
            gate.Exit(pass);
        }
    }

    public void Dispose()
    {
        Graph.Dispose();
        codes?.Dispose();
        Rows.Dispose();
    }

    private void Write(uint ordinal, int row)
    {
        Rows.Write(ordinal, set.Rows.Vector((uint)row));
        codes?.Encode(ordinal, set.Rows.Vector((uint)row));
    }

    private readonly struct Visible(byte[] isHidden) : IOrdinalFilter
    {
        public bool Admits(uint ordinal) => Volatile.Read(ref isHidden[ordinal]) == 0;
    }
}
