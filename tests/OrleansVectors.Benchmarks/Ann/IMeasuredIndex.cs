using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>A built index.</summary>
internal interface IMeasuredIndex : IDisposable
{
    double BuildSeconds { get; }

    /// <summary>Bytes that the index holds: vectors, links and what belongs to each point; no scratch, no unused growth.</summary>
    long Bytes { get; }

    /// <summary>The index and its parameters as one word of a result line.</summary>
    string Describe(int ef);

    int Search(ReadOnlySpan<float> query, int ef, Span<Candidate> results);
}
