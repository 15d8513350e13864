namespace OrleansVectors.Partitions.Reading;

/// <summary>One value and how many points have it.</summary>
public readonly record struct FacetHit(FacetValue Value, long Count);
