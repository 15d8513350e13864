using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Benchmarks.Tests;

/// <summary>A random set in a folder of its own: base.bvecs, query.bvecs and truth.ivecs, found by comparing everything with everything.</summary>
internal sealed class SmallSet : IDisposable
{
    public const int Rows = 400;
    public const int Queries = 30;

    private readonly float[][] rows;
    private readonly float[][] queries;

    /// <summary>Few distinct components, so that tied distances are common.</summary>
    public SmallSet(DistanceMetric metric = DistanceMetric.Euclidean, int dim = 12, int truthColumns = 20, int seed = 5)
    {
        var random = new Random(seed);
        rows = [.. Enumerable.Range(0, Rows).Select(_ => Row(random, dim))];
        queries = [.. Enumerable.Range(0, Queries).Select(_ => Row(random, dim))];
        Folder = Path.Combine(Path.GetTempPath(), $"small-set-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Folder);
        Write("base.bvecs", rows, value => [(byte)value]);
        Write("query.bvecs", queries, value => [(byte)value]);
        Write("truth.ivecs", [.. queries.Select(query => Nearest(metric, query, truthColumns))], value => BitConverter.GetBytes((int)value));
    }

    public string Folder { get; }

    public string Name => Path.GetFileName(Folder);

    public string Base => Path.Combine(Folder, "base.bvecs");

    public string Query => Path.Combine(Folder, "query.bvecs");

    public string Truth => Path.Combine(Folder, "truth.ivecs");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static float[] Row(Random random, int dim) =>
        [.. Enumerable.Range(0, dim).Select(_ => (float)random.Next(1, 5))];

    private float[] Nearest(DistanceMetric metric, float[] query, int count)
    {
        var unit = Prepare(metric, query);
        return [.. Enumerable.Range(0, Rows)
            .OrderBy(row => ReferenceDistance.Between(metric, unit, Prepare(metric, rows[row])))
            .Take(count)
            .Select(row => (float)row)];
    }

    private static float[] Prepare(DistanceMetric metric, float[] vector)
    {
        var copy = vector.ToArray();
        if (metric == DistanceMetric.Cosine)
        {
            VectorDistance.Normalize(copy);
        }

        return copy;
    }

    private void Write(string name, float[][] table, Func<float, byte[]> element)
    {
        using var file = File.Create(Path.Combine(Folder, name));
        foreach (var row in table)
        {
            file.Write(BitConverter.GetBytes(row.Length));
            foreach (var value in row)
            {
                file.Write(element(value));
            }
        }
    }
}
