using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Partitions.PayloadIndexing;
using OrleansVectors.Partitions.Rows;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions;

/// <summary>Everything a partition holds in memory. Changed by the applier alone, read by anybody inside the gate.</summary>
internal sealed class PartitionState : IDisposable
{
    private readonly string _folder;
    private readonly Queue<(long Epoch, IDisposable Memory)> _retired = new();
    private VectorField[] _fields;
    private AppliedState _applied = new(0, 0, 0);

    /// <param name="schema">The vectors and payload indexes there are.</param>
    /// <param name="pointsMax">Live points there can be.</param>
    /// <param name="folder">Where vectors that are not to be held in memory may lie; it is there.</param>
    public PartitionState(PartitionSchema schema, uint pointsMax, string folder)
    {
        _folder = folder;
        Table = new PointTable(pointsMax);
        Ids = new IdMap(Table);
        Payloads = new PayloadHeap();
        PayloadIndexes = new PayloadIndexSet(this);
        _fields = [];
        try
        {
            PayloadIndexes.ChangeSchema(schema.PayloadIndexes);
            foreach (VectorFieldSchema vector in schema.Vectors)
            {
                _fields = [.. _fields, NewField(vector)];
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Readers are inside while they look; memory they may see is freed only when they have left.</summary>
    public ReaderGate Gate { get; } = new();

    public PointTable Table { get; }

    public IdMap Ids { get; }

    public PayloadHeap Payloads { get; }

    /// <summary>Which points have which payload values.</summary>
    public PayloadIndexSet PayloadIndexes { get; }

    /// <summary>The vector names; replaced whole when the schema changes.</summary>
    public IReadOnlyList<VectorField> Fields => Volatile.Read(ref _fields);

    /// <summary>What readers may see; published by the applier after each operation.</summary>
    public AppliedState Applied => Volatile.Read(ref _applied);

    /// <summary>Told of each ordinal when it becomes free, on the applier's thread: tests spoil there what nobody may see.</summary>
    public Action<uint>? OrdinalFreed { get; set; }

    /// <summary>Finds a vector field by name; null when the schema has none.</summary>
    public VectorField? Field(string name)
    {
        foreach (VectorField field in Fields)
        {
            if (field.Schema.Name == name)
            {
                return field;
            }
        }

        return null;
    }

    /// <summary>Finds a vector field by number; null when the schema has none (any more).</summary>
    public VectorField? Field(ushort number)
    {
        foreach (VectorField field in Fields)
        {
            if (field.Schema.Number == number)
            {
                return field;
            }
        }

        return null;
    }

    /// <summary>Makes a field that holds nothing yet.</summary>
    /// <exception cref="IOException">Its vectors are to lie on disk, and the folder does not take a file.</exception>
    public VectorField NewField(VectorFieldSchema schema) => new(schema, Table.OrdinalsMax, Gate, _folder);

    public void Publish(AppliedState applied) => Volatile.Write(ref _applied, applied);

    public void ReplaceFields(VectorField[] fields) => Volatile.Write(ref _fields, fields);

    /// <summary>Takes memory that no new reader can find; it is freed when those inside have left. The applier's thread only.</summary>
    public void Retire(IDisposable memory) => _retired.Enqueue((Gate.Epoch, memory));

    /// <summary>Frees what no reader can see any more. The applier's thread only.</summary>
    public void FreeRetired()
    {
        while (_retired.TryPeek(out (long Epoch, IDisposable Memory) oldest) && Gate.HasQuiesced(oldest.Epoch))
        {
            _retired.Dequeue().Memory.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (VectorField field in _fields)
        {
            field.Dispose();
        }

        foreach ((long _, IDisposable memory) in _retired)
        {
            memory.Dispose();
        }

        PayloadIndexes.Dispose();
        Payloads.Dispose();
        Ids.Dispose();
        Table.Dispose();
    }
}
