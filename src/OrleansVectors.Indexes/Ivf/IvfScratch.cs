using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>The memory that one search or insertion needs at a time. Shared by all indexes of the process.</summary>
/// <remarks>Rented by one thread at a time. Nothing is allocated once it has grown to what is asked of it.</remarks>
internal sealed unsafe class IvfScratch : IDisposable
{
    /// <summary>Rows that are scored in one go where the lists hold no codes.</summary>
    public const int BatchMax = 256;

    /// <summary>Rented scratches that are kept; more are freed when they come back.</summary>
    private const int KeptMax = 64;

    private static readonly IvfScratch?[] Kept = new IvfScratch?[KeptMax];

    private readonly AlignedBuffer<uint> batch = new(BatchMax);
    private readonly AlignedBuffer<float> distances = new(BatchMax);
    private AlignedBuffer<float> query = new(1024);
    private AlignedBuffer<float> encoding = new(0);
    private AlignedBuffer<float> listDistances = new(1024);
    private AlignedBuffer<byte> context = new(0);
    private AlignedBuffer<byte> columns = new(0);
    private AlignedBuffer<ulong> probes = new(256);
    private AlignedBuffer<ulong> found = new(256);

    private IvfScratch()
    {
    }

    /// <summary>Ordinals whose rows are to be scored.</summary>
    public uint* Batch => batch.Start;

    /// <summary>The distances of a batch or a block.</summary>
    public float* Distances => distances.Start;

    public static IvfScratch Rent()
    {
        var first = Thread.GetCurrentProcessorId();
        for (var i = 0; i < KeptMax; i++)
        {
            ref var slot = ref Kept[(uint)(first + i) % KeptMax];
            if (slot is not null && Interlocked.Exchange(ref slot, null) is { } scratch)
            {
                return scratch;
            }
        }

        return new IvfScratch();
    }

    /// <summary>Gives a scratch back.</summary>
    public static void Return(IvfScratch scratch)
    {
        var first = Thread.GetCurrentProcessorId();
        for (var i = 0; i < KeptMax; i++)
        {
            ref var slot = ref Kept[(uint)(first + i) % KeptMax];
            if (slot is null && Interlocked.CompareExchange(ref slot, scratch, null) is null)
            {
                return;
            }
        }

        scratch.Dispose();
    }

    /// <summary>An aligned, zero-padded copy of a query.</summary>
    public float* CopyQuery(ReadOnlySpan<float> source, int paddedLength)
    {
        var copy = Grown(ref query, paddedLength);
        source.CopyTo(new Span<float>(copy, source.Length));
        new Span<float>(copy + source.Length, paddedLength - source.Length).Clear();
        return copy;
    }

    /// <summary>Room for a rotated vector.</summary>
    public float* Vector(int paddedLength) => Grown(ref query, paddedLength);

    /// <summary>Room for a residual and what its code stands for.</summary>
    public float* Encoding(int floats) => Grown(ref encoding, floats);

    public float* ListDistances(int lists) => Grown(ref listDistances, lists + BlockLayout.Entries);

    public byte* Context(int bytes) => Grown(ref context, bytes);

    public byte* Columns(int count) => Grown(ref columns, count);

    public Reservoir Probes(int count) => new(Grown(ref probes, Reservoir.CapacityFor(count)), count);

    public ulong* ProbeKeys => probes.Start;

    public ulong* FoundKeys => found.Start;

    public Reservoir Found(int count) => new(Grown(ref found, Reservoir.CapacityFor(count)), count);

    public void Dispose()
    {
        batch.Dispose();
        distances.Dispose();
        query.Dispose();
        encoding.Dispose();
        listDistances.Dispose();
        context.Dispose();
        columns.Dispose();
        probes.Dispose();
        found.Dispose();
    }

    private static T* Grown<T>(ref AlignedBuffer<T> buffer, int length)
        where T : unmanaged
    {
        if (buffer.Length < length)
        {
            buffer.Dispose();
            buffer = new AlignedBuffer<T>(Math.Max(length, buffer.Length * 2));
        }

        return buffer.Start;
    }
}
