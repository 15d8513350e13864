namespace OrleansVectors.Indexes.Ivf;

/// <summary>
/// Rounding of a vector's components to equidistant levels: level l of n stands for l - (n - 1) / 2 times a unit that is the
/// vector's own. The unit is the one of a few whose rounded vector points most nearly where the vector does.
/// </summary>
internal static unsafe class LevelScaling
{
    /// <summary>
    /// The largest component that is not clipped, as shares of the vector's largest. Few bits clip much, so the shares go
    /// down to less than the mean size of a component of a normally distributed vector of thousands.
    /// </summary>
    private static ReadOnlySpan<float> Shares => [1f, 0.85f, 0.72f, 0.61f, 0.52f, 0.44f, 0.37f, 0.31f, 0.26f, 0.22f];

    /// <summary>Levels from which on nothing is clipped: fine steps need no choice.</summary>
    private const int FineLevels = 64;

    /// <summary>The number that components are to be multiplied with before they are rounded.</summary>
    public static float Choose(float* vector, int length, int levels)
    {
        var largest = 0f;
        for (var i = 0; i < length; i++)
        {
            largest = Math.Max(largest, Math.Abs(vector[i]));
        }

        if (largest == 0 || !float.IsFinite(levels / largest))
        {
            return 0;
        }

        var whole = levels / 2f / largest;
        if (levels == 2 || levels >= FineLevels)
        {
            return whole;
        }

        var (best, bestAlike) = (whole, -1.0);
        foreach (var share in Shares)
        {
            var alike = Alike(vector, length, levels, whole / share);
            if (alike > bestAlike)
            {
                (best, bestAlike) = (whole / share, alike);
            }
        }

        return best;
    }

    /// <summary>The level of a component.</summary>
    public static int Level(float component, float perUnit, int levels) =>
        (int)Math.Clamp(MathF.Floor(component * perUnit) + (levels / 2), 0, levels - 1);

    /// <summary>The square of the cosine of the vector and its rounding, times the vector's own square.</summary>
    private static double Alike(float* vector, int length, int levels, float perUnit)
    {
        float lowest = -levels / 2, highest = (levels / 2) - 1;
        float product = 0, squares = 0;
        for (var i = 0; i < length; i++)
        {
            var rounded = Math.Clamp(MathF.Floor(vector[i] * perUnit), lowest, highest) + 0.5f;
            product += rounded * vector[i];
            squares += rounded * rounded;
        }

        return (double)product * product / squares;
    }
}
