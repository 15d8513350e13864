using OrleansVectors.Indexes.Clustering;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>
/// A random rotation that takes n log n steps: rounds of random signs and a Walsh-Hadamard transform. Where the length is
/// no power of two, the transform takes the largest such part from the front and from the back by turns, and the two
/// halves are mixed in between (Kac's walk), as the RaBitQ library does.
/// </summary>
internal sealed unsafe class RandomRotation
{
    private const int Rounds = 4;

    private readonly int length;
    private readonly int part;
    private readonly float[] signs;

    /// <param name="length">Components; even.</param>
    /// <param name="seed">The same seed gives the same rotation.</param>
    public RandomRotation(int length, ulong seed)
    {
        this.length = length;
        part = 1;
        while (part * 2 <= length)
        {
            part *= 2;
        }

        signs = new float[Rounds * length];
        var random = new SeededRandom(seed);
        foreach (ref var sign in signs.AsSpan())
        {
            sign = (random.Next() >> 63) == 0 ? 1 : -1;
        }
    }

    /// <summary>Writes the rotated vector; source and target may be the same.</summary>
    public void Rotate(float* source, float* target)
    {
        if (source != target)
        {
            new ReadOnlySpan<float>(source, length).CopyTo(new Span<float>(target, length));
        }

        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < length; i++)
            {
                target[i] *= signs[(round * length) + i];
            }

            Transform((round & 1) == 0 ? target : target + length - part, part);
            if (part != length)
            {
                MixHalves(target, length / 2);
            }
        }
    }

    private static void Transform(float* x, int n)
    {
        for (var half = 1; half < n; half *= 2)
        {
            for (var start = 0; start < n; start += 2 * half)
            {
                float* left = x + start, right = left + half;
                for (var i = 0; i < half; i++)
                {
                    var (a, b) = (left[i], right[i]);
                    left[i] = a + b;
                    right[i] = a - b;
                }
            }
        }

        var scale = 1 / MathF.Sqrt(n);
        for (var i = 0; i < n; i++)
        {
            x[i] *= scale;
        }
    }

    private static void MixHalves(float* x, int half)
    {
        const float scale = 0.70710678f;
        for (var i = 0; i < half; i++)
        {
            var (a, b) = (x[i], x[i + half]);
            x[i] = (a + b) * scale;
            x[i + half] = (a - b) * scale;
        }
    }
}
