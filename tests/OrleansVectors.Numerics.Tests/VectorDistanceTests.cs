using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Numerics.Tests;

public sealed class VectorDistanceTests
{
    [Fact]
    public void Distances_are_smaller_for_nearer_vectors_and_have_the_documented_values()
    {
        float[] a = [1, 2, -2], b = [3, 2, 1];
        Assert.Equal(13f, VectorDistance.Between(DistanceMetric.Euclidean, a, b));
        Assert.Equal(-5f, VectorDistance.Between(DistanceMetric.Dot, a, b));
        Assert.Equal(-5f, VectorDistance.Between(DistanceMetric.Cosine, a, b));
        Assert.Equal(5f, VectorDistance.Between(DistanceMetric.Manhattan, a, b));
        Assert.Equal(2f, VectorDistance.Between(DistanceMetric.Hamming, a, b));
        Assert.Equal(0f, VectorDistance.Between(DistanceMetric.Euclidean, [], []));
    }

    [Fact]
    public void Vectors_of_different_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => VectorDistance.Between(DistanceMetric.Dot, [1f], [1f, 2f]));
        Assert.Throws<ArgumentException>(() => ReferenceDistance.Between(DistanceMetric.Dot, [1f], [1f, 2f]));
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(1e-38f)]
    [InlineData(1e-42f)]
    [InlineData(1e30f)]
    [InlineData(1e-20f)]
    public void Normalising_gives_length_one_at_every_scale(float scale)
    {
        float[] vector = [3 * scale, 0, -4 * scale];
        var expected = Math.Sqrt(((double)vector[0] * vector[0]) + ((double)vector[2] * vector[2]));
        var norm = VectorDistance.Normalize(vector);
        Assert.Equal(expected, norm, expected * 1e-5);
        Assert.Equal(1.0, ((double)vector[0] * vector[0]) + ((double)vector[2] * vector[2]), 1e-6);
        Assert.Equal(0f, vector[1]);
    }

    [Fact]
    public void The_zero_vector_stays_zero()
    {
        var vector = new float[40];
        Assert.Equal(0f, VectorDistance.Normalize(vector));
        Assert.All(vector, component => Assert.Equal(0f, component));
        Assert.Equal(0f, VectorDistance.Normalize([]));
    }
}
