using OrleansVectors.Partitions.Filters;

namespace OrleansVectors.Partitions.Tests.Filters;

/// <summary>A point without vectors.</summary>
internal sealed class NoVectors : IVectorPresence
{
    public static NoVectors Instance { get; } = new();

    public bool HasVector(uint ordinal, string vectorName) => false;
}
