using OrleansVectors.Partitions;

namespace OrleansVectors.Collections.Errors;

/// <summary>A point that the request depends on does not exist.</summary>
public sealed class PointNotFoundException(PointId id)
    : OrleansVectorsException($"No point with id {id} found")
{
    /// <summary>The id that was asked for.</summary>
    public PointId Id { get; } = id;
}
