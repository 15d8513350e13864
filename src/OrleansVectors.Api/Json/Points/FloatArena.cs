using System.Buffers;
using System.Diagnostics;

namespace OrleansVectors.Api.Json.Points;

/// <summary>
/// Pooled memory for the vectors of one request. A vector is contiguous and never moves once it is committed, so the
/// memory handed out stays valid until the arena is disposed; nothing may keep it after that.
/// </summary>
internal sealed class FloatArena : IDisposable
{
    /// <summary>Floats of a usual chunk: 1 MiB, so that a batch takes few chunks and a single query wastes nothing it does not give back.</summary>
    private const int ChunkFloats = 1 << 18;

    /// <summary>Floats of the first chunk: 16 KiB, enough for one query.</summary>
    private const int FirstChunkFloats = 1 << 12;

    /// <summary>
    /// Floats, about a millisecond, after which the thread lets another have the processor, if one waits for it: a store of
    /// thousands of vectors would else hold up a search for as long as the system lets a thread run.
    /// </summary>
    private const int TurnFloats = 1 << 17;

    private readonly List<float[]> _chunks = [];
    private float[] _current = [];
    private int _committed;
    private int _turn;

    /// <summary>Floats rented so far.</summary>
    public long RentedFloats { get; private set; }

    /// <summary>Room for the next vector, at least one float; what is written there counts once it is committed.</summary>
    public Span<float> Free
    {
        get
        {
            if (_committed == _current.Length)
            {
                Rent(1);
            }

            return _current.AsSpan(_committed);
        }
    }

    /// <summary>More room for the vector under way: its first floats are kept, at the start of the returned span.</summary>
    /// <param name="written">Floats of <see cref="Free"/> that are in use.</param>
    public Span<float> Grow(int written)
    {
        ReadOnlySpan<float> partial = _current.AsSpan(_committed, written);
        float[] previous = _current;
        int previousCommitted = _committed;
        Rent(checked(written * 2));
        partial.CopyTo(_current);
        Debug.Assert(previous.Length - previousCommitted == written, "grow only when the free span is full");
        return _current;
    }

    /// <summary>Ends the vector under way.</summary>
    public ReadOnlyMemory<float> Commit(int count)
    {
        ReadOnlyMemory<float> vector = _current.AsMemory(_committed, count);
        _committed += count;
        _turn += count;
        if (_turn >= TurnFloats)
        {
            _turn = 0;
            Thread.Yield();
        }

        return vector;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        foreach (float[] chunk in _chunks)
        {
            ArrayPool<float>.Shared.Return(chunk);
        }

        _chunks.Clear();
        _current = [];
        _committed = 0;
    }

    private void Rent(int atLeast)
    {
        int usual = _chunks.Count == 0 ? FirstChunkFloats : ChunkFloats;
        _current = ArrayPool<float>.Shared.Rent(Math.Max(atLeast, usual));
        _chunks.Add(_current);
        _committed = 0;
        RentedFloats += _current.Length;
    }
}
