using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Flat;

/// <summary>The memory that one scan needs at a time. One per thread, freed with it by the buffers' finalizers.</summary>
internal sealed unsafe class ScanScratch : IDisposable
{
    private const int BatchRows = 256;
    private const int FirstKeys = 256;

    /// <summary>Room for more keys is not kept: one scan for very many would hold it for good.</summary>
    private const int KeptKeysMax = 16 << 10;

    [ThreadStatic]
    private static ScanScratch? kept;

    private readonly AlignedBuffer<uint> batch = new(BatchRows);
    private readonly AlignedBuffer<float> distances = new(BatchRows);
    private AlignedBuffer<float> query = new(1024);
    private AlignedBuffer<ulong> keys = new(FirstKeys);
    private AlignedBuffer<byte> context = new(0);

    private ScanScratch()
    {
    }

    public uint* Batch => batch.Start;

    public float* Distances => distances.Start;

    public static ScanScratch Rent()
    {
        var scratch = kept ?? new ScanScratch();
        kept = null;
        return scratch;
    }

    public static void Return(ScanScratch scratch)
    {
        if (scratch.keys.Length > KeptKeysMax)
        {
            scratch.keys.Dispose();
            scratch.keys = new AlignedBuffer<ulong>(FirstKeys);
        }

        kept = scratch;
    }

    /// <summary>An aligned, zero-padded copy of a query.</summary>
    public float* CopyQuery(ReadOnlySpan<float> source, int paddedLength)
    {
        Grow(ref query, paddedLength);
        source.CopyTo(query.Span);
        query.Span[source.Length..paddedLength].Clear();
        return query.Start;
    }

    /// <summary>The memory of a scorer.</summary>
    public byte* Context(int bytes)
    {
        Grow(ref context, bytes);
        return context.Start;
    }

    /// <summary>Room for k keys.</summary>
    public ulong* Keys(int k)
    {
        Grow(ref keys, k);
        return keys.Start;
    }

    public void Dispose()
    {
        batch.Dispose();
        distances.Dispose();
        query.Dispose();
        keys.Dispose();
        context.Dispose();
    }

    private static void Grow<T>(ref AlignedBuffer<T> buffer, int length)
        where T : unmanaged
    {
        if (buffer.Length < length)
        {
            buffer.Dispose();
            buffer = new AlignedBuffer<T>(length);
        }
    }
}
