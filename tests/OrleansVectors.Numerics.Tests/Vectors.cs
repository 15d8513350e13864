namespace OrleansVectors.Numerics.Tests;

/// <summary>Random components, -1 to 1.</summary>
internal static class Vectors
{
    public static float Sample(Random random) => (random.NextSingle() * 2f) - 1f;

    public static void Fill(Random random, Span<float> vector)
    {
        foreach (ref var component in vector)
        {
            component = Sample(random);
        }
    }
}
