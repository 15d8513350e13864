namespace OrleansVectors.Partitions.Writing;

/// <summary>Why an operation changed nothing.</summary>
/// <param name="Message">One sentence, with the limit and what would be needed.</param>
/// <param name="IsFull">The partition has no room: the same operation may pass when points have been deleted.</param>
public sealed record OperationRefusal(string Message, bool IsFull)
{
    /// <summary>There is no room.</summary>
    public static OperationRefusal Full(string message) => new(message, IsFull: true);

    /// <summary>It can never be carried out on what is stored.</summary>
    public static OperationRefusal Impossible(string message) => new(message, IsFull: false);

    public override string ToString() => Message;
}
