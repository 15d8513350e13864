using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>A built index.</summary>
internal interface IMeasuredIndex : IDisposable
{
    /// <summary>The vectors that its ordinals mean.</summary>
    VectorRows Rows { get; }

    /// <summary>Whether <see cref="SearchPoint.Effort"/> means anything to it.</summary>
    bool HasEffort { get; }

    double BuildSeconds { get; }

    /// <summary>Bytes that the index holds: vectors, links, codes and what belongs to each point; no scratch, no unused growth.</summary>
    long Bytes { get; }

    /// <summary>The index and its parameters as one word of a result line.</summary>
    string Describe(SearchPoint point);

    /// <summary>Answers the query of that number.</summary>
    /// <returns>How many were found.</returns>
    int Search(int query, SearchPoint point, Span<Candidate> results);
}
