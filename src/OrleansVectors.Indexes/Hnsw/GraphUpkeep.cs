namespace OrleansVectors.Indexes.Hnsw;

/// <summary>What is left to do after nodes were condemned or repair was asked for, and how far that has come.</summary>
/// <remarks>
/// Belongs to the graph and not to what works on it, so that a graph that moves to another space goes on where it was.
/// Everything but <see cref="HighestInserted"/> is touched under <see cref="Turn"/> only.
/// </remarks>
internal sealed class GraphUpkeep : IDisposable
{
    private long highestInserted = EntryPoint.None.Pack();

    /// <summary>Held by the slice that works.</summary>
    public Lock Turn { get; } = new();

    public UpkeepPhase Phase { get; private set; }

    /// <summary>The next ordinal of the pass of this phase.</summary>
    public uint Next { get; set; }

    /// <summary>The end of the pass of this phase.</summary>
    public uint End { get; private set; }

    /// <summary>The first of the highest live nodes that this removal has met.</summary>
    public EntryPoint HighestMet { get; set; }

    /// <summary>The first of the highest nodes inserted since this removal began.</summary>
    public EntryPoint HighestInserted => EntryPoint.Unpack(Interlocked.Read(ref highestInserted));

    /// <summary>What takes a dying entry point's place.</summary>
    public EntryPoint Heir => HighestInserted.Level > HighestMet.Level ? HighestInserted : HighestMet;

    /// <summary>The node that the last repair, or the one going on, made everything reachable from.</summary>
    public EntryPoint Root { get; set; } = EntryPoint.None;

    /// <summary>The pass over the level that is being repaired.</summary>
    public RepairPass? Pass { get; set; }

    /// <summary>Nodes that the last repair, or the one going on, had to link again.</summary>
    public int Repaired { get; set; }

    /// <summary>Begins a removal, again when one is going on: its pass has missed what is condemned now.</summary>
    public void BeginRemoval(uint ordinalsEnd)
    {
        HighestMet = EntryPoint.None;
        Interlocked.Exchange(ref highestInserted, EntryPoint.None.Pack());
        Enter(UpkeepPhase.Survey, ordinalsEnd);
    }

    /// <summary>Goes on with another phase, from its beginning.</summary>
    public void Enter(UpkeepPhase phase, uint ordinalsEnd)
    {
        Pass?.Dispose();
        Pass = null;
        Phase = phase;
        Next = 0;
        End = ordinalsEnd;
        Repaired = phase == UpkeepPhase.Repair ? 0 : Repaired;
    }

    /// <summary>Notes a node that has been inserted. Any thread.</summary>
    public void NoteInserted(uint ordinal, int level)
    {
        var seen = Interlocked.Read(ref highestInserted);
        while (level > EntryPoint.Unpack(seen).Level)
        {
            var before = Interlocked.CompareExchange(ref highestInserted, new EntryPoint(ordinal, level).Pack(), seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    public void Dispose() => Pass?.Dispose();
}
