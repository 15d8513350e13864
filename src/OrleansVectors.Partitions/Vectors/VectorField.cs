using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics.Memory;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>
/// One vector name of a partition: its vectors by point ordinal, which ordinals have one, and its graph.
/// </summary>
/// <remarks>The applier writes vectors; indexing threads insert into the graph; readers take no lock.</remarks>
internal sealed unsafe class VectorField : IDisposable
{
    /// <summary>Dead nodes are removed from the graph when they are more than this many,</summary>
    public const int DeadMin = 256;

    /// <summary>and more than one in this many.</summary>
    public const int DeadShare = 20;

    /// <summary>Reachability is looked after when more than one node in this many has been inserted since.</summary>
    public const int RepairShare = 20;

    /// <summary>Nodes of the graph whose point version has ended. Counted by the applier, settled by removal.</summary>
    public long DeadIndexed;

    /// <summary>Insertions since reachability was last looked after.</summary>
    public long InsertedSinceRepair;

    private readonly uint _pointsMax;
    private HnswGraph? _graph;
    private volatile bool _isGraphTrusted = true;

    public VectorField(VectorFieldSchema schema, uint pointsMax)
    {
        Schema = schema;
        _pointsMax = pointsMax;
        Rows = new VectorRows($"vectors-{schema.Number}", schema.Dim, pointsMax);
        Floats = new FloatSpace(Rows, schema.Metric);
        Flat = new FlatScan(Floats);
        Presence = new NativeRegion($"presence-{schema.Number}", pointsMax);
        _graph = NewGraph(schema);
        Cursor = new IndexingCursor();
    }

    public VectorFieldSchema Schema { get; private set; }

    public VectorRows Rows { get; }

    /// <summary>The vectors with their metric.</summary>
    public FloatSpace Floats { get; }

    /// <summary>Exact search over the vectors.</summary>
    public FlatScan Flat { get; }

    /// <summary>One byte for each ordinal: 1 when it has a vector.</summary>
    public NativeRegion Presence { get; }

    /// <summary>The graph, null when the schema wants none. Readers take it once.</summary>
    public HnswGraph? Graph => Volatile.Read(ref _graph);

    /// <summary>The graph that may be walked, and below which ordinal it holds everything; null when a search has to scan.</summary>
    public HnswGraph? GraphForSearch(out uint indexedBelow)
    {
        while (true)
        {
            bool isTrusted = _isGraphTrusted; // first: trust is given to a new graph only after that has taken the old one's place
            HnswGraph? graph = Graph;
            indexedBelow = Cursor.IndexedBelow;
            if (Graph == graph)
            {
                return isTrusted ? graph : null;
            }
        }
    }

    /// <summary>False while a graph that was put back from files has not been checked: nothing may follow its links yet.</summary>
    public bool IsGraphTrusted => _isGraphTrusted;

    /// <summary>How far indexing has come.</summary>
    public IndexingCursor Cursor { get; }

    /// <summary>Live points that have a vector. Written by the applier.</summary>
    public long LiveVectors { get; set; }

    public long VectorBytes => LiveVectors * Schema.Dim * sizeof(float);

    public bool Has(uint ordinal) => Presence.Base[ordinal] != 0;

    /// <summary>Stores the vector of a new ordinal, or notes that it has none.</summary>
    public void Write(uint ordinal, ReadOnlySpan<float> vector)
    {
        Presence.EnsureCommitted(ordinal + 1L);
        Rows.Region.EnsureCommitted(Rows.UsedBytes(ordinal + 1)); // scans may touch the row even if it has no vector
        bool present = !vector.IsEmpty;
        if (present)
        {
            Rows.Write(ordinal, vector);
            LiveVectors++;
        }

        Presence.Base[ordinal] = present ? (byte)1 : (byte)0;
        Presence.MarkDirty(ordinal, 1);
    }

    /// <summary>Notes for the first <paramref name="count"/> ordinals that they have no vector: a name added to points that are there.</summary>
    public void WriteAbsent(uint count)
    {
        if (count > 0)
        {
            // Memory arrives zeroed: committing and marking is all there is to do.
            Rows.Region.EnsureCommitted(Rows.UsedBytes(count));
            Presence.EnsureCommitted(count);
            Presence.MarkDirty(0, count);
        }
    }

    /// <summary>The vector of an ordinal, or an empty span.</summary>
    public ReadOnlySpan<float> Vector(uint ordinal) => Has(ordinal) ? Rows.Vector(ordinal) : default;

    /// <summary>Says that the graph was put back from files and is to be checked.</summary>
    public void DistrustGraph() => _isGraphTrusted = false;

    /// <summary>Says that the graph's files are sound.</summary>
    public void TrustGraph() => _isGraphTrusted = true;

    /// <summary>Takes a changed schema of the same number, dimension and metric.</summary>
    /// <returns>The graph that no longer fits and must be freed when its readers have left; null when it stays.</returns>
    public HnswGraph? Change(VectorFieldSchema schema)
    {
        bool sameGraph = schema.M == Schema.M && schema.EfConstruction == Schema.EfConstruction;
        Schema = schema;
        return sameGraph ? null : ReplaceGraph();
    }

    /// <summary>Begins an empty graph; every vector has to be inserted again. No indexing may be going on.</summary>
    /// <returns>The old graph, to be freed when its readers have left.</returns>
    public HnswGraph? ReplaceGraph()
    {
        HnswGraph? old = _graph;
        Cursor.Reset();
        Volatile.Write(ref _graph, NewGraph(Schema));
        _isGraphTrusted = true;
        return old;
    }

    public void Dispose()
    {
        _graph?.Dispose();
        Rows.Dispose();
        Presence.Dispose();
    }

    private HnswGraph? NewGraph(VectorFieldSchema schema)
        => schema.M == 0
            ? null
            : new HnswGraph(Floats, new HnswOptions(schema.M, schema.EfConstruction, schema.Number), _pointsMax);
}
