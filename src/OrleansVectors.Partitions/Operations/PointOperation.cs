namespace OrleansVectors.Partitions.Operations;

/// <summary>
/// A change to points: what is logged and then applied. Operations are plain descriptions; they are validated against
/// a schema by the collection before they reach a partition.
/// </summary>
public abstract record PointOperation
{
    private protected PointOperation()
    {
    }
}
