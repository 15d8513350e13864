using System.Runtime.CompilerServices;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>Codes of vectors, by ordinal: one growing native array on 64-byte boundaries, and distances approximated from them.</summary>
/// <remarks>
/// Different ordinals may be encoded by several threads at once; a code is immutable as long as any index reaches it.
/// </remarks>
public sealed unsafe class CodeSpace : VectorSpace, IDisposable
{
    private readonly byte* start;
    private readonly nuint strideBytes;

    /// <summary>Reserves addresses for <paramref name="capacity"/> codes; memory comes as codes are written.</summary>
    /// <param name="name">What the vectors are called, for errors.</param>
    /// <param name="quantizer">Makes and reads the codes.</param>
    /// <param name="capacity">The most codes it can ever hold.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is 0.</exception>
    public CodeSpace(string name, Quantizer quantizer, uint capacity)
        : base(quantizer.Dim, quantizer.Metric, capacity)
    {
        Quantizer = quantizer;
        strideBytes = (nuint)quantizer.CodeBytes;
        Region = new NativeRegion(name, checked((long)strideBytes * capacity));
        start = Region.Base;
    }

    /// <summary>Makes and reads the codes.</summary>
    public Quantizer Quantizer { get; }

    /// <summary>The memory: code i starts at byte i * <see cref="StrideBytes"/>.</summary>
    public NativeRegion Region { get; }

    /// <summary>Bytes from one code to the next.</summary>
    public int StrideBytes => (int)strideBytes;

    internal override int ContextBytes => Quantizer.ContextBytes;

    /// <summary>Bytes of the region that the codes below <paramref name="end"/> take.</summary>
    public long UsedBytes(uint end) => (long)strideBytes * end;

    /// <summary>Makes and stores the code of one vector and notes its chunk as dirty.</summary>
    /// <exception cref="ArgumentException">The vector has not <see cref="VectorSpace.Dim"/> components.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The ordinal is not below <see cref="VectorSpace.Capacity"/>.</exception>
    public void Encode(uint ordinal, ReadOnlySpan<float> vector)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, Capacity);
        Region.EnsureCommitted(UsedBytes(ordinal) + StrideBytes);
        Quantizer.Encode(vector, new Span<byte>(Code(ordinal), StrideBytes));
        Region.MarkDirty((long)(ordinal * strideBytes), StrideBytes);
    }

    public void Dispose() => Region.Dispose();

    /// <summary>The start of a code that has been written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte* Code(uint ordinal) => start + (ordinal * strideBytes);

    internal override TResult Use<TConsumer, TResult>(TConsumer consumer) =>
        Quantizer.Use<ScoringConsumer<TConsumer, TResult>, TResult>(new(consumer));

    private readonly struct ScoringConsumer<TConsumer, TResult>(TConsumer consumer) : ICodeScoringConsumer<TResult>
        where TConsumer : struct, IScorerConsumer<TResult>
    {
        public TResult Use<TScoring>()
            where TScoring : struct, ICodeScoring =>
            consumer.Use<CodeScorer<TScoring>>();
    }
}
