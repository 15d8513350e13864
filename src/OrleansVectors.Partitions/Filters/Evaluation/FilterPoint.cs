using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>What a condition looks at: a point, or one element of an array inside a nested condition.</summary>
internal readonly ref struct FilterPoint
{
    public FilterPoint(PointId id, uint ordinal, PayloadView payload, IVectorPresence vectors)
    {
        Id = id;
        Ordinal = ordinal;
        Payload = payload;
        Vectors = vectors;
    }

    /// <summary>An element, which has no id and no vectors.</summary>
    public FilterPoint(PayloadView element)
    {
        Payload = element;
    }

    public PointId Id { get; }

    public uint Ordinal { get; }

    public PayloadView Payload { get; }

    /// <summary>Null for an element.</summary>
    public IVectorPresence? Vectors { get; }

    public bool IsElement => Vectors is null;
}
