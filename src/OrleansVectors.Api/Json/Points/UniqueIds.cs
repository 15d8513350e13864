using OrleansVectors.Partitions;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Refuses an id that a batch gives twice: which of the two should win is the caller's to say.</summary>
internal sealed class UniqueIds
{
    private readonly Dictionary<PointId, int> _firstAt = [];

    /// <summary>Notes the id of item <paramref name="index"/>.</summary>
    /// <param name="id">The id.</param>
    /// <param name="index">The item's number in its list.</param>
    /// <param name="list">Path of the list.</param>
    /// <param name="member">Where the id is within the item: <c>.id</c>, or nothing.</param>
    public void Add(PointId id, int index, string list, string member)
    {
        if (!_firstAt.TryAdd(id, index))
        {
            throw new JsonValidationException(
                $"{list}[{index}]{member}", id.ToString(), $"must be unique within the batch (first at {list}[{_firstAt[id]}])");
        }
    }
}
