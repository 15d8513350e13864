using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>
/// Which ordinals a walk has met: one byte each that holds the number of the walk that met it last, so that starting a
/// new walk clears nothing 254 times out of 255.
/// </summary>
internal sealed unsafe class VisitedMarks : IDisposable
{
    private readonly NativeRegion region;
    private uint usedEnd;
    private byte epoch;

    /// <summary>Reserves one byte per ordinal; memory comes when an ordinal is met.</summary>
    public VisitedMarks(uint capacity)
    {
        Capacity = capacity;
        region = new NativeRegion("visited marks", capacity);
        region.EnsureCommitted(capacity);
    }

    public uint Capacity { get; }

    public byte* Marks => region.Base;

    /// <summary>Starts a walk over ordinals below <paramref name="end"/> (those above may be met too, when they are inserted meanwhile).</summary>
    /// <returns>The value that marks an ordinal as met.</returns>
    public byte NextEpoch(uint end)
    {
        usedEnd = Math.Max(usedEnd, end);
        if (++epoch == 0)
        {
            // What a walk met beyond the end that it was told is cleared by the margin: no walk lasts for a million insertions.
            var cleared = Math.Min((ulong)usedEnd + InsertedMeanwhileMax, Capacity);
            new Span<byte>(Marks, (int)Math.Min(cleared, int.MaxValue)).Clear();
            epoch = 1;
        }

        return epoch;
    }

    /// <summary>Starts a walk that distinguishes several kinds of having been met.</summary>
    /// <returns>The smallest of <paramref name="kinds"/> consecutive values.</returns>
    public byte NextEpochs(int kinds, uint end)
    {
        var first = NextEpoch(end);
        if (first + kinds - 1 > byte.MaxValue)
        {
            epoch = byte.MaxValue;
            first = NextEpoch(end);
        }

        epoch += (byte)(kinds - 1);
        return first;
    }

    public void Dispose() => region.Dispose();

    private const uint InsertedMeanwhileMax = 1 << 20;
}
