using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>Compares what a search on codes found with the vectors themselves.</summary>
internal sealed class Rescorer(VectorRows rows, DistanceMetric metric)
{
    [ThreadStatic]
    private static Candidate[]? found;

    [ThreadStatic]
    private static uint[]? ordinals;

    private readonly FlatScan flat = new(new FloatSpace(rows, metric));

    /// <summary>Room for so many results of a search, of this thread until its next search.</summary>
    public static Span<Candidate> Room(int count)
    {
        if (found is null || found.Length < count)
        {
            found = new Candidate[count];
            ordinals = new uint[count];
        }

        return found.AsSpan(0, count);
    }

    /// <summary>Takes the nearest of what a search put in its <see cref="Room"/>.</summary>
    public int Nearest(ReadOnlySpan<float> query, Span<Candidate> candidates, Span<Candidate> results)
    {
        var scored = ordinals.AsSpan(0, candidates.Length);
        for (var i = 0; i < scored.Length; i++)
        {
            scored[i] = candidates[i].Ordinal;
        }

        return flat.Search(query, scored, results.Length, default(AdmitAll), results);
    }
}
