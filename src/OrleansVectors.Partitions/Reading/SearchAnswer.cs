using System.Collections;

namespace OrleansVectors.Partitions.Reading;

/// <summary>What a search found, nearest first, and on request how.</summary>
/// <param name="hits">The found points.</param>
/// <param name="explanations">One for each partition that was asked; empty when the request did not want any.</param>
public sealed class SearchAnswer(IReadOnlyList<SearchHit> hits, IReadOnlyList<SearchExplanation> explanations) : IReadOnlyList<SearchHit>
{
    /// <summary>How it was found, partition by partition; empty when the request did not ask.</summary>
    public IReadOnlyList<SearchExplanation> Explanations { get; } = explanations;

    /// <inheritdoc/>
    public int Count => hits.Count;

    /// <inheritdoc/>
    public SearchHit this[int index] => hits[index];

    /// <inheritdoc/>
    public IEnumerator<SearchHit> GetEnumerator() => hits.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
