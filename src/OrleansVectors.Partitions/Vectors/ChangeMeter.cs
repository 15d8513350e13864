using System.Buffers.Binary;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>Knows when so much of an index has changed that what was measured on it should be measured again.</summary>
/// <remarks>One thread measures. Its state, little-endian: f32 target, u64 vectors then.</remarks>
internal sealed class ChangeMeter
{
    /// <summary>Bytes of the state.</summary>
    public const int StateBytes = sizeof(float) + sizeof(long);

    /// <summary>With fewer vectors nothing is measured.</summary>
    public const int VectorsMin = 256;

    /// <summary>Measured anew when one vector in so many has come or gone.</summary>
    private const int ChangeShare = 10;

    private float _target;
    private long _vectors;
    private long _insertions;

    /// <summary>The target of the last measurement; 0 before the first.</summary>
    public float Target => _target;

    /// <summary>Whether it should be measured.</summary>
    public bool IsDue(VectorIndex index, float target)
    {
        long count = index.Count;
        return count >= VectorsMin
            && (_target != target
                || Interlocked.Read(ref index.Insertions) - _insertions > count / ChangeShare
                || Math.Abs(count - _vectors) > Math.Max(count, _vectors) / ChangeShare);
    }

    /// <summary>Notes that it has been measured.</summary>
    public void Note(VectorIndex index, float target)
    {
        _target = target;
        _vectors = index.Count;
        _insertions = Interlocked.Read(ref index.Insertions);
    }

    /// <summary>Writes the state.</summary>
    public void Save(Span<byte> state)
    {
        BinaryPrimitives.WriteSingleLittleEndian(state, _target);
        BinaryPrimitives.WriteInt64LittleEndian(state[sizeof(float)..], _vectors);
    }

    /// <summary>Takes a state back; one that makes no sense is as good as none.</summary>
    public void Restore(ReadOnlySpan<byte> state)
    {
        if (state.Length == StateBytes && BinaryPrimitives.ReadInt64LittleEndian(state[sizeof(float)..]) is >= 0 and var vectors)
        {
            _target = BinaryPrimitives.ReadSingleLittleEndian(state);
            _vectors = vectors;
        }
    }
}
