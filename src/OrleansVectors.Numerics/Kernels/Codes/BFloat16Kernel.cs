using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>
/// The loop of <see cref="DistanceKernel{TStep, TWidth, TVector}"/> over rows of bfloat16: half the memory, one more
/// instruction for each register of a row.
/// </summary>
/// <typeparam name="TStep">The metric.</typeparam>
/// <typeparam name="TWidth">The register width.</typeparam>
/// <typeparam name="TVector">That width's register.</typeparam>
#pragma warning disable CA1000 // Static members of a generic type are the point: the type is the kernel.
public readonly unsafe struct BFloat16Kernel<TStep, TWidth, TVector> : IBFloat16Kernel
    where TStep : struct, IAccumulationStep
    where TWidth : struct, ISimdWidth<TVector>
    where TVector : struct
{
    private const int RowsAtOnce = 4;
    private const nuint HalfBlock = BFloat16Rows.ComponentsPerBlock / 2;

    /// <inheritdoc/>
    public static RegisterWidth Width => (RegisterWidth)(TWidth.Lanes * 8 * sizeof(float));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Distance(float* query, byte* row, nuint paddedLength)
    {
        Debug.Assert(paddedLength % BFloat16Rows.ComponentsPerBlock == 0, "rows are whole blocks");
        return OneRow(query, (uint*)row, paddedLength);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(
        float* query, byte* rows, nuint strideBytes, nuint paddedLength, uint* ordinals, int count, float* distances)
    {
        Debug.Assert(paddedLength % BFloat16Rows.ComponentsPerBlock == 0, "rows are whole blocks");
        for (var i = 0; i < Math.Min(count, RowsAtOnce); i++)
        {
            PrefetchRow((uint*)(rows + (ordinals[i] * strideBytes)), paddedLength);
        }

        var fours = count & ~(RowsAtOnce - 1);
        for (var i = 0; i < fours; i += RowsAtOnce)
        {
            for (var j = i + RowsAtOnce; j < Math.Min(count, i + (2 * RowsAtOnce)); j++)
            {
                PrefetchRow((uint*)(rows + (ordinals[j] * strideBytes)), paddedLength);
            }

            FourRows(
                query,
                (uint*)(rows + (ordinals[i] * strideBytes)),
                (uint*)(rows + (ordinals[i + 1] * strideBytes)),
                (uint*)(rows + (ordinals[i + 2] * strideBytes)),
                (uint*)(rows + (ordinals[i + 3] * strideBytes)),
                paddedLength,
                distances + i);
        }

        for (var i = fours; i < count; i++)
        {
            distances[i] = OneRow(query, (uint*)(rows + (ordinals[i] * strideBytes)), paddedLength);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scan(float* query, byte* rows, nuint strideBytes, nuint paddedLength, int count, float* distances)
    {
        Debug.Assert(paddedLength % BFloat16Rows.ComponentsPerBlock == 0, "rows are whole blocks");
        var fours = count & ~(RowsAtOnce - 1);
        for (var i = 0; i < fours; i += RowsAtOnce)
        {
            var row = rows + ((nuint)i * strideBytes);
            FourRows(
                query,
                (uint*)row,
                (uint*)(row + strideBytes),
                (uint*)(row + (2 * strideBytes)),
                (uint*)(row + (3 * strideBytes)),
                paddedLength,
                distances + i);
        }

        for (var i = fours; i < count; i++)
        {
            distances[i] = OneRow(query, (uint*)(rows + ((nuint)i * strideBytes)), paddedLength);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float OneRow(float* query, uint* row, nuint paddedLength)
    {
        TVector low = TWidth.Zero, high = TWidth.Zero;
        for (nuint block = 0; block < paddedLength; block += 2 * HalfBlock)
        {
            var words = row + (block / 2);
            for (nuint i = 0; i < HalfBlock; i += TWidth.Lanes)
            {
                low = Step(low, TWidth.Load(query + block + i), TWidth.LoadLowHalves(words + i));
                high = Step(high, TWidth.Load(query + block + HalfBlock + i), TWidth.LoadHighHalves(words + i));
            }
        }

        return TStep.Finish(Vector128.Sum(TWidth.Fold(TWidth.Add(low, high))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourRows(
        float* query, uint* row0, uint* row1, uint* row2, uint* row3, nuint paddedLength, float* distances)
    {
        TVector sum0 = TWidth.Zero, sum1 = TWidth.Zero, sum2 = TWidth.Zero, sum3 = TWidth.Zero;
        for (nuint block = 0; block < paddedLength; block += 2 * HalfBlock)
        {
            for (nuint i = 0; i < HalfBlock; i += TWidth.Lanes)
            {
                var word = (block / 2) + i;
                var low = TWidth.Load(query + block + i);
                var high = TWidth.Load(query + block + HalfBlock + i);
                sum0 = Step(Step(sum0, low, TWidth.LoadLowHalves(row0 + word)), high, TWidth.LoadHighHalves(row0 + word));
                sum1 = Step(Step(sum1, low, TWidth.LoadLowHalves(row1 + word)), high, TWidth.LoadHighHalves(row1 + word));
                sum2 = Step(Step(sum2, low, TWidth.LoadLowHalves(row2 + word)), high, TWidth.LoadHighHalves(row2 + word));
                sum3 = Step(Step(sum3, low, TWidth.LoadLowHalves(row3 + word)), high, TWidth.LoadHighHalves(row3 + word));
            }
        }

        distances[0] = TStep.Finish(Vector128.Sum(TWidth.Fold(sum0)));
        distances[1] = TStep.Finish(Vector128.Sum(TWidth.Fold(sum1)));
        distances[2] = TStep.Finish(Vector128.Sum(TWidth.Fold(sum2)));
        distances[3] = TStep.Finish(Vector128.Sum(TWidth.Fold(sum3)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Step(TVector sum, TVector left, TVector right) =>
        TStep.Accumulate<TWidth, TVector>(sum, left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchRow(uint* row, nuint paddedLength)
    {
        for (nuint block = 0; block < paddedLength; block += 2 * HalfBlock)
        {
            Ahead.Fetch((float*)(row + (block / 2)));
        }
    }
}
