using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>
/// The one loop of all sums over codes, generic over what is summed, how components are packed and the register width.
/// Scattered or consecutive codes are taken four at a time: each register of the query is loaded once for four, and the
/// four sums are reduced together, which at 128 components is half of the work.
/// </summary>
/// <typeparam name="TStep">What is summed.</typeparam>
/// <typeparam name="TPacking">How components are packed.</typeparam>
/// <typeparam name="TWidth">The register width.</typeparam>
/// <typeparam name="TVector">That width's register.</typeparam>
#pragma warning disable CA1000 // Static members of a generic type are the point: the type is the kernel.
public readonly unsafe struct CodeKernel<TStep, TPacking, TWidth, TVector> : ICodeKernel
    where TStep : struct, ICodeStep
    where TPacking : struct, ICodePacking
    where TWidth : struct, ICodeWidth<TVector>
    where TVector : struct
{
    private const int CodesAtOnce = 4;

    /// <summary>How far ahead of the sums codes are called into the cache.</summary>
    private const int CodesAhead = 8;

    /// <inheritdoc/>
    public static RegisterWidth Width => (RegisterWidth)(TWidth.Bytes * 8);

    /// <inheritdoc/>
    public static int Parts => TPacking.Parts;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Sum(byte* query, byte* code, nuint codeBytes)
    {
        Debug.Assert(codeBytes % CodeBlocks.Bytes == 0, "codes are whole blocks");
        return Vector128.Sum(TWidth.Fold(SumRegisters(query, code, codeBytes)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(
        byte* query, byte* codes, nuint strideBytes, nuint codeBytes, uint* ordinals, int count, int* sums)
    {
        Debug.Assert(codeBytes % CodeBlocks.Bytes == 0, "codes are whole blocks");
        for (var i = 0; i < Math.Min(count, CodesAhead); i++)
        {
            Prefetch(codes + (ordinals[i] * strideBytes), codeBytes);
        }

        var fours = count & ~(CodesAtOnce - 1);
        for (var i = 0; i < fours; i += CodesAtOnce)
        {
            var ahead = Math.Min(count, i + CodesAhead + CodesAtOnce);
            for (var j = i + CodesAhead; j < ahead; j++)
            {
                Prefetch(codes + (ordinals[j] * strideBytes), codeBytes);
            }

            FourCodes(
                query,
                codes + (ordinals[i] * strideBytes),
                codes + (ordinals[i + 1] * strideBytes),
                codes + (ordinals[i + 2] * strideBytes),
                codes + (ordinals[i + 3] * strideBytes),
                codeBytes,
                sums + i);
        }

        for (var i = fours; i < count; i++)
        {
            sums[i] = Vector128.Sum(TWidth.Fold(SumRegisters(query, codes + (ordinals[i] * strideBytes), codeBytes)));
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scan(byte* query, byte* codes, nuint strideBytes, nuint codeBytes, int count, int* sums)
    {
        Debug.Assert(codeBytes % CodeBlocks.Bytes == 0, "codes are whole blocks");
        var fours = count & ~(CodesAtOnce - 1);
        for (var i = 0; i < fours; i += CodesAtOnce)
        {
            var code = codes + ((nuint)i * strideBytes);
            FourCodes(query, code, code + strideBytes, code + (2 * strideBytes), code + (3 * strideBytes), codeBytes, sums + i);
        }

        for (var i = fours; i < count; i++)
        {
            sums[i] = Vector128.Sum(TWidth.Fold(SumRegisters(query, codes + ((nuint)i * strideBytes), codeBytes)));
        }
    }

    /// <summary>Two sums, so that the latency of one is hidden behind the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector SumRegisters(byte* query, byte* code, nuint codeBytes)
    {
        TVector even = TWidth.Zero, odd = TWidth.Zero;
        for (nuint block = 0; block < codeBytes; block += CodeBlocks.Bytes)
        {
            var parts = query + (block * (nuint)TPacking.Parts);
            for (nuint i = 0; i < CodeBlocks.Bytes; i += TWidth.Bytes)
            {
                (even, odd) = (odd, Step(even, TWidth.Load(code + block + i), parts + i));
            }
        }

        return TWidth.AddInts(even, odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourCodes(
        byte* query, byte* code0, byte* code1, byte* code2, byte* code3, nuint codeBytes, int* sums)
    {
        TVector sum0 = TWidth.Zero, sum1 = TWidth.Zero, sum2 = TWidth.Zero, sum3 = TWidth.Zero;
        for (nuint block = 0; block < codeBytes; block += CodeBlocks.Bytes)
        {
            var parts = query + (block * (nuint)TPacking.Parts);
            for (nuint i = 0; i < CodeBlocks.Bytes; i += TWidth.Bytes)
            {
                sum0 = Step(sum0, TWidth.Load(code0 + block + i), parts + i);
                sum1 = Step(sum1, TWidth.Load(code1 + block + i), parts + i);
                sum2 = Step(sum2, TWidth.Load(code2 + block + i), parts + i);
                sum3 = Step(sum3, TWidth.Load(code3 + block + i), parts + i);
            }
        }

        var four = SumEach(TWidth.Fold(sum0), TWidth.Fold(sum1), TWidth.Fold(sum2), TWidth.Fold(sum3));
        four.Store(sums);
    }

    /// <summary>Adds a register of code to a sum. The branches are constants of the type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Step(TVector sum, TVector bytes, byte* query)
    {
        if (TPacking.Parts == 1)
        {
            return TStep.Accumulate<TWidth, TVector>(sum, bytes, TWidth.Load(query));
        }

        var pairs = TWidth.AddShorts(Pairs(bytes, query, 0), Pairs(bytes, query, 1));
        if (TPacking.Parts >= 4)
        {
            pairs = TWidth.AddShorts(pairs, TWidth.AddShorts(Pairs(bytes, query, 2), Pairs(bytes, query, 3)));
        }

        if (TPacking.Parts == 8)
        {
            pairs = TWidth.AddShorts(pairs, TWidth.AddShorts(Pairs(bytes, query, 4), Pairs(bytes, query, 5)));
            pairs = TWidth.AddShorts(pairs, TWidth.AddShorts(Pairs(bytes, query, 6), Pairs(bytes, query, 7)));
        }

        return TWidth.AddInts(sum, TStep.Widen<TWidth, TVector>(pairs));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Pairs(TVector bytes, byte* query, int part) =>
        TStep.Pairs<TWidth, TVector>(TPacking.Part<TWidth, TVector>(bytes, part), TWidth.Load(query + (part * CodeBlocks.Bytes)));

    /// <summary>The sum of the lanes of each of four registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> SumEach(Vector128<int> first, Vector128<int> second, Vector128<int> third, Vector128<int> fourth) =>
        Ssse3.IsSupported
            ? Ssse3.HorizontalAdd(Ssse3.HorizontalAdd(first, second), Ssse3.HorizontalAdd(third, fourth))
            : Vector128.Create(Vector128.Sum(first), Vector128.Sum(second), Vector128.Sum(third), Vector128.Sum(fourth));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* code, nuint codeBytes)
    {
        if (Sse.IsSupported)
        {
            for (nuint i = 0; i < codeBytes; i += CodeBlocks.Bytes)
            {
                Sse.Prefetch0(code + i);
            }
        }
    }
}
