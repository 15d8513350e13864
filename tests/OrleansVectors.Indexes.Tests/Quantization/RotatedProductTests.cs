using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Rotations;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Quantization;

public sealed unsafe class RotatedProductTests
{
    private const int Seed = 3_307;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(17, 4)]
    [InlineData(100, 8)]
    [InlineData(300, 8)]
    public void Learned_axes_are_orthogonal_whatever_the_vectors_are(int dim, int runLength)
    {
        var random = new Random(Seed);
        float[] one = [.. Enumerable.Range(0, dim).Select(_ => random.NextSingle())];
        Func<int, float[]>[] sets =
        [
            _ => new float[dim],
            _ => one,
            i => [.. one.Select(component => component * i)],
            _ => [.. Enumerable.Range(0, dim).Select(_ => random.NextSingle())],
            i => [.. Enumerable.Range(0, dim).Select(d => d % 3 == 0 ? 0 : random.NextSingle() * MathF.Pow(10, -(d % 12)))],
            i => [.. Enumerable.Range(0, dim).Select(d => d == i % dim ? 1e15f : 0)],
        ];
        foreach (var set in sets)
        {
            using var rows = new VectorRows("rows", dim, 60);
            uint[] all = [.. Enumerable.Range(0, 60).Select(i => (uint)i)];
            foreach (var i in all)
            {
                rows.Write(i, set((int)i));
            }

            var axes = EigenvalueAllocation.Learn(rows, all, runLength);
            fixed (float* basis = axes)
            {
                for (var i = 0; i < dim; i++)
                {
                    for (var j = 0; j <= i; j++)
                    {
                        var product = PlaneRotations.Product(basis + (i * rows.PaddedLength), basis + (j * rows.PaddedLength), rows.PaddedLength);
                        Assert.True(Math.Abs(product - (i == j ? 1 : 0)) < 1e-4, $"{product} of axes {i} and {j}, {dim} components, seed {Seed}");
                    }
                }

                // There and back again.
                var rotation = new LearnedRotation(basis, rows.PaddedLength);
                float[] vector = [.. Enumerable.Range(0, rows.PaddedLength).Select(d => d < dim ? random.NextSingle() : 0)], turned = [.. vector];
                fixed (float* from = vector, to = turned)
                {
                    rotation.Rotate(from, to);
                    Assert.Equal(PlaneRotations.Product(from, from, vector.Length), PlaneRotations.Product(to, to, vector.Length), 1e-3 * dim);
                    rotation.RotateBack(to);
                }

                Assert.All(vector.Zip(turned), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
            }
        }
    }

    [Fact]
    public void Vectors_whose_variance_lies_askew_are_found_by_more_of_their_neighbours()
    {
        // Few directions across all components: runs of four see little of them, runs of axes all.
        var random = new Random(Seed);
        float[][] directions = [.. Enumerable.Range(0, 12).Select(i => Enumerable.Range(0, 64).Select(_ => (random.NextSingle() - 0.5f) / (1 + i)).ToArray())];
        float[][] vectors = [.. Enumerable.Range(0, 2000).Select(_ =>
        {
            var vector = new float[64];
            foreach (var direction in directions)
            {
                var along = random.NextSingle() - 0.5f;
                for (var d = 0; d < 64; d++)
                {
                    vector[d] += along * direction[d];
                }
            }

            return vector;
        })];
        using var plain = CodedSet.Of(vectors, new QuantizerOptions(QuantizerKind.Product) { Subvectors = 16 }, DistanceMetric.Euclidean);
        using var rotated = CodedSet.Of(vectors, new QuantizerOptions(QuantizerKind.RotatedProduct) { Subvectors = 16 }, DistanceMetric.Euclidean);
        Assert.Equal(plain.Codes.StrideBytes, rotated.Codes.StrideBytes);
        int ofPlain = 0, ofRotated = 0;
        for (var q = 0; q < 30; q++)
        {
            var exact = plain.OrderedExactly(vectors[q]).Take(10).Select(candidate => candidate.Ordinal).ToHashSet();
            ofPlain += plain.Ordered(vectors[q]).Take(20).Count(candidate => exact.Contains(candidate.Ordinal));
            ofRotated += rotated.Ordered(vectors[q]).Take(20).Count(candidate => exact.Contains(candidate.Ordinal));
        }

        Assert.True(ofRotated > ofPlain + 20, $"{ofRotated} and {ofPlain} of 300, seed {Seed}");
    }
}
