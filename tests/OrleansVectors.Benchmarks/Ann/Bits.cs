using OrleansVectors.Indexes.Vectors;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>
/// A bit for each component of vectors of numbers: 1 where it is above 0 and at least the mean of the base. Zeros and ones
/// stay what they are.
/// </summary>
internal static class Bits
{
    /// <summary>Replaces the rows in their place.</summary>
    /// <returns>The bits of the queries.</returns>
    public static QuerySet Take(VectorRows rows, int count, QuerySet queries)
    {
        var means = new double[rows.Dim];
        for (uint row = 0; row < count; row++)
        {
            var vector = rows.Vector(row);
            for (var i = 0; i < means.Length; i++)
            {
                means[i] += vector[i] / (double)count;
            }
        }

        var bits = new float[rows.Dim];
        for (uint row = 0; row < count; row++)
        {
            Take(rows.Vector(row), means, bits);
            rows.Write(row, bits);
        }

        var ofQueries = new float[queries.Count * rows.Dim];
        for (var query = 0; query < queries.Count; query++)
        {
            Take(queries[query], means, ofQueries.AsSpan(query * rows.Dim, rows.Dim));
        }

        return new QuerySet(ofQueries, rows.Dim);
    }

    private static void Take(ReadOnlySpan<float> vector, double[] means, Span<float> bits)
    {
        for (var i = 0; i < means.Length; i++)
        {
            // The mean of ones alone may be a rounding above 1.
            bits[i] = vector[i] > 0 && vector[i] >= (float)means[i] ? 1 : 0;
        }
    }
}
