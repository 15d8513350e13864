using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>What the kinds of codes have in common: from sums to distances, and which of these are small enough.</summary>
internal static unsafe class BlockDistances
{
    /// <summary>Turns the sums of a block into distances, in place: <c>base + offset + factor * (step * sum + bias)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish(byte* block, float centroidDistance, float step, float bias, float* sums)
    {
        var offsets = BlockLayout.Offsets(block);
        var factors = BlockLayout.Factors(block);
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<float> steps = Vector512.Create(step), biases = Vector512.Create(bias), distance = Vector512.Create(centroidDistance);
            for (var i = 0; i < BlockLayout.Entries; i += 16)
            {
                var product = Vector512.MultiplyAddEstimate(Vector512.Load(sums + i), steps, biases);
                Vector512.MultiplyAddEstimate(product, Vector512.Load(factors + i), Vector512.Load(offsets + i) + distance).Store(sums + i);
            }
        }
        else
        {
            Vector256<float> steps = Vector256.Create(step), biases = Vector256.Create(bias), distance = Vector256.Create(centroidDistance);
            for (var i = 0; i < BlockLayout.Entries; i += 8)
            {
                var product = Vector256.MultiplyAddEstimate(Vector256.Load(sums + i), steps, biases);
                Vector256.MultiplyAddEstimate(product, Vector256.Load(factors + i), Vector256.Load(offsets + i) + distance).Store(sums + i);
            }
        }
    }

    /// <summary>A bit for each of a block's distances that is at most the threshold; a NaN is not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint AtMost(float* distances, float threshold)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            var most = Vector512.Create(threshold);
            return (uint)Vector512.LessThanOrEqual(Vector512.Load(distances), most).ExtractMostSignificantBits()
                | ((uint)Vector512.LessThanOrEqual(Vector512.Load(distances + 16), most).ExtractMostSignificantBits() << 16);
        }

        var bits = 0u;
        for (var i = 0; i < BlockLayout.Entries; i += 8)
        {
            bits |= Vector256.LessThanOrEqual(Vector256.Load(distances + i), Vector256.Create(threshold)).ExtractMostSignificantBits() << i;
        }

        return bits;
    }

    /// <summary>A bit for each slot of a block that has an entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Present(uint* ordinals)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return ~((uint)Vector512.Equals(Vector512.Load(ordinals), Vector512<uint>.AllBitsSet).ExtractMostSignificantBits()
                | ((uint)Vector512.Equals(Vector512.Load(ordinals + 16), Vector512<uint>.AllBitsSet).ExtractMostSignificantBits() << 16));
        }

        var bits = 0u;
        for (var i = 0; i < BlockLayout.Entries; i += 8)
        {
            bits |= Vector256.Equals(Vector256.Load(ordinals + i), Vector256<uint>.AllBitsSet).ExtractMostSignificantBits() << i;
        }

        return ~bits;
    }
}
