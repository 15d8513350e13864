using System.Runtime.Intrinsics;

namespace OrleansVectors.Indexes.Rotations;

/// <summary>
/// A random rotation in n log n steps: rounds of random signs and a Walsh-Hadamard transform, after which no component
/// of any vector stands out. Where the length is no power of two the transform takes the largest such part, from the
/// front and from the back by turns, and the halves are mixed in between, so nothing is padded to twice its size.
/// </summary>
/// <remarks>Ailon and Chazelle, "The fast Johnson-Lindenstrauss transform", 2009, for the idea of signs and transform.</remarks>
internal sealed unsafe class HadamardRotation : Rotation
{
    /// <summary>Lengths are a multiple of this.</summary>
    public const int Granularity = 16;

    private const int Rounds = 4;

    private readonly int length;
    private readonly int part;
    private readonly float[] signs;

    /// <param name="length">Components, a multiple of <see cref="Granularity"/>.</param>
    /// <param name="seed">The same seed gives the same rotation.</param>
    public HadamardRotation(int length, ulong seed)
    {
        this.length = length;
        part = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length);
        part = part == length ? part : part / 2;
        signs = new float[Rounds * length];
        var random = new SeededRandom(seed);
        for (var i = 0; i < signs.Length; i++)
        {
            signs[i] = (long)random.Next() < 0 ? -1 : 1;
        }
    }

    public override void Rotate(float* source, float* target)
    {
        if (source != target)
        {
            new ReadOnlySpan<float>(source, length).CopyTo(new Span<float>(target, length));
        }

        for (var round = 0; round < Rounds; round++)
        {
            Flip(target, round);
            Transform(PartOf(target, round), part);
            MixHalves(target);
        }
    }

    /// <summary>Every step is its own inverse.</summary>
    public override void RotateBack(float* vector)
    {
        for (var round = Rounds - 1; round >= 0; round--)
        {
            MixHalves(vector);
            Transform(PartOf(vector, round), part);
            Flip(vector, round);
        }
    }

    private static void Transform(float* x, int n)
    {
        // The first three strides lie within a register of eight.
        for (var i = 0; i < n; i += Vector256<float>.Count)
        {
            var v = Vector256.Load(x + i);
            v = Vector256.Shuffle(v, Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6)) + (v * Vector256.Create(1f, -1, 1, -1, 1, -1, 1, -1));
            v = Vector256.Shuffle(v, Vector256.Create(2, 3, 0, 1, 6, 7, 4, 5)) + (v * Vector256.Create(1f, 1, -1, -1, 1, 1, -1, -1));
            v = Vector256.Shuffle(v, Vector256.Create(4, 5, 6, 7, 0, 1, 2, 3)) + (v * Vector256.Create(1f, 1, 1, 1, -1, -1, -1, -1));
            v.Store(x + i);
        }

        for (var half = Vector256<float>.Count; half < n; half *= 2)
        {
            for (var start = 0; start < n; start += 2 * half)
            {
                Butterfly(x + start, x + start + half, half, 1);
            }
        }

        var scale = Vector256.Create(1 / MathF.Sqrt(n));
        for (var i = 0; i < n; i += Vector256<float>.Count)
        {
            (Vector256.Load(x + i) * scale).Store(x + i);
        }
    }

    /// <summary>Sums and differences, scaled; the lengths are a multiple of eight.</summary>
    private static void Butterfly(float* left, float* right, int count, float scale)
    {
        var factor = Vector256.Create(scale);
        for (var i = 0; i < count; i += Vector256<float>.Count)
        {
            var a = Vector256.Load(left + i);
            var b = Vector256.Load(right + i);
            ((a + b) * factor).Store(left + i);
            ((a - b) * factor).Store(right + i);
        }
    }

    private float* PartOf(float* vector, int round) => (round & 1) == 0 ? vector : vector + length - part;

    private void Flip(float* vector, int round)
    {
        fixed (float* from = &signs[round * length])
        {
            for (var i = 0; i < length; i += Vector256<float>.Count)
            {
                (Vector256.Load(vector + i) * Vector256.Load(from + i)).Store(vector + i);
            }
        }
    }

    private void MixHalves(float* vector)
    {
        if (part != length)
        {
            Butterfly(vector, vector + (length / 2), length / 2, MathF.Sqrt(0.5f));
        }
    }
}
