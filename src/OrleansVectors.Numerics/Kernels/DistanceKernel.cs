using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrleansVectors.Numerics.Kernels;

/// <summary>
/// The one loop of all float32 distances, generic over the metric's step and the register width: four accumulators hide
/// the latency of the fused multiply-add, and scattered or consecutive rows are taken four at a time so that each
/// register of the query is loaded once for four rows.
/// </summary>
/// <remarks>
/// Measured on an Ice Lake Xeon, alternatives within one run: 512 bits beat 256 by 5 to 40 % on cached pairs and tie on rows
/// from memory; four rows ahead, their lines fetched between the sums, came within 8 % of the best of nine prefetch
/// orders at every size (all lines of a row at once: up to 1.4 times slower at 784 floats); a second accumulator for
/// each of four rows gained nothing. Compiled fully at once: it ties with tiered code when warm, and a first search
/// does not run the unoptimised loop.
/// </remarks>
/// <typeparam name="TStep">The metric.</typeparam>
/// <typeparam name="TWidth">The register width.</typeparam>
/// <typeparam name="TVector">That width's register.</typeparam>
#pragma warning disable CA1000 // Static members of a generic type are the point: the type is the kernel.
public readonly unsafe struct DistanceKernel<TStep, TWidth, TVector> : IDistanceKernel
    where TStep : struct, IAccumulationStep
    where TWidth : struct, ISimdWidth<TVector>
    where TVector : struct
{
    private const int RowsAtOnce = 4;

    /// <inheritdoc/>
    public static RegisterWidth Width => (RegisterWidth)(TWidth.Lanes * 8 * sizeof(float));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Distance(float* left, float* right, nuint length)
    {
        var rest = length % TWidth.Lanes;
        var whole = length - rest;
        var sum = SumRegisters(left, right, whole);
        if (rest != 0 && whole != 0)
        {
            // Safe: a whole register precedes the tail, so the last register of the vector lies inside it. The lanes
            // that were counted already are zeroed on both sides, and zero lanes add nothing.
            var last = length - TWidth.Lanes;
            sum = Step(sum, TWidth.LoadLast(left + last, rest), TWidth.LoadLast(right + last, rest));
        }
        else
        {
            for (nuint i = 0; i < rest; i++)
            {
                sum = Step(sum, TWidth.LoadOne(left + i), TWidth.LoadOne(right + i));
            }
        }

        return TStep.Finish(Vector128.Sum(TWidth.Fold(sum)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float PaddedDistance(float* left, float* right, nuint paddedLength)
    {
        Debug.Assert(paddedLength % PaddedRows.FloatsPerBlock == 0, "padded rows are whole blocks");
        return TStep.Finish(Vector128.Sum(TWidth.Fold(SumRegisters(left, right, paddedLength))));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void GatherDistances(
        float* query, byte* rows, nuint strideBytes, nuint paddedLength, uint* ordinals, int count, float* distances)
    {
        Debug.Assert(paddedLength % PaddedRows.FloatsPerBlock == 0, "padded rows are whole blocks");
        var fours = count & ~(RowsAtOnce - 1);
        if (fours != 0)
        {
            for (var i = 0; i < RowsAtOnce; i++)
            {
                PrefetchRow(rows + (ordinals[i] * strideBytes), paddedLength);
            }
        }

        for (var i = 0; i < fours; i += RowsAtOnce)
        {
            // The rows of the next round come into the cache while this one is summed; the last round names its own
            // rows again, which costs nothing.
            var next = i + (2 * RowsAtOnce) <= count ? ordinals + i + RowsAtOnce : ordinals + i;
            FourRows<Ahead>(
                query,
                (float*)(rows + (ordinals[i] * strideBytes)),
                (float*)(rows + (ordinals[i + 1] * strideBytes)),
                (float*)(rows + (ordinals[i + 2] * strideBytes)),
                (float*)(rows + (ordinals[i + 3] * strideBytes)),
                (float*)(rows + (next[0] * strideBytes)),
                (float*)(rows + (next[1] * strideBytes)),
                (float*)(rows + (next[2] * strideBytes)),
                (float*)(rows + (next[3] * strideBytes)),
                paddedLength,
                distances + i);
        }

        for (var i = fours; i < count; i++)
        {
            PrefetchRow(rows + (ordinals[i] * strideBytes), paddedLength);
        }

        for (var i = fours; i < count; i++)
        {
            distances[i] = PaddedDistance(query, (float*)(rows + (ordinals[i] * strideBytes)), paddedLength);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScanDistances(
        float* query, byte* rows, nuint strideBytes, nuint paddedLength, int count, float* distances)
    {
        Debug.Assert(paddedLength % PaddedRows.FloatsPerBlock == 0, "padded rows are whole blocks");
        var fours = count & ~(RowsAtOnce - 1);
        for (var i = 0; i < fours; i += RowsAtOnce)
        {
            var row = rows + ((nuint)i * strideBytes);
            FourRows<Resident>(
                query,
                (float*)row,
                (float*)(row + strideBytes),
                (float*)(row + (2 * strideBytes)),
                (float*)(row + (3 * strideBytes)),
                null,
                null,
                null,
                null,
                paddedLength,
                distances + i);
        }

        for (var i = fours; i < count; i++)
        {
            distances[i] = PaddedDistance(query, (float*)(rows + ((nuint)i * strideBytes)), paddedLength);
        }
    }

    /// <summary>Sums a whole number of registers, four at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector SumRegisters(float* left, float* right, nuint length)
    {
        var lanes = TWidth.Lanes;
        TVector sum0 = TWidth.Zero, sum1 = TWidth.Zero, sum2 = TWidth.Zero, sum3 = TWidth.Zero;
        nuint i = 0;
        for (; i + (4 * lanes) <= length; i += 4 * lanes)
        {
            sum0 = Step(sum0, TWidth.Load(left + i), TWidth.Load(right + i));
            sum1 = Step(sum1, TWidth.Load(left + i + lanes), TWidth.Load(right + i + lanes));
            sum2 = Step(sum2, TWidth.Load(left + i + (2 * lanes)), TWidth.Load(right + i + (2 * lanes)));
            sum3 = Step(sum3, TWidth.Load(left + i + (3 * lanes)), TWidth.Load(right + i + (3 * lanes)));
        }

        for (; i < length; i += lanes)
        {
            sum0 = Step(sum0, TWidth.Load(left + i), TWidth.Load(right + i));
        }

        return TWidth.Add(TWidth.Add(sum0, sum1), TWidth.Add(sum2, sum3));
    }

    /// <summary>Four distances at once, while the same lines of four later rows are called into the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourRows<TAhead>(
        float* query,
        float* row0,
        float* row1,
        float* row2,
        float* row3,
        float* next0,
        float* next1,
        float* next2,
        float* next3,
        nuint length,
        float* distances)
        where TAhead : struct, IAhead
    {
        TVector sum0 = TWidth.Zero, sum1 = TWidth.Zero, sum2 = TWidth.Zero, sum3 = TWidth.Zero;
        for (nuint i = 0; i < length;)
        {
            TAhead.Fetch(next0 + i);
            TAhead.Fetch(next1 + i);
            TAhead.Fetch(next2 + i);
            TAhead.Fetch(next3 + i);
            var end = i + PaddedRows.FloatsPerBlock;
            for (; i < end; i += TWidth.Lanes)
            {
                var register = TWidth.Load(query + i);
                sum0 = Step(sum0, register, TWidth.Load(row0 + i));
                sum1 = Step(sum1, register, TWidth.Load(row1 + i));
                sum2 = Step(sum2, register, TWidth.Load(row2 + i));
                sum3 = Step(sum3, register, TWidth.Load(row3 + i));
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
    private static void PrefetchRow(byte* row, nuint paddedLength)
    {
        for (nuint i = 0; i < paddedLength; i += PaddedRows.FloatsPerBlock)
        {
            Ahead.Fetch((float*)row + i);
        }
    }
}
