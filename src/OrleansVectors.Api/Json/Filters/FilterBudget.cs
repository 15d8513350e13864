using OrleansVectors.Partitions.Filters;

namespace OrleansVectors.Api.Json.Filters;

/// <summary>Counts what a filter has used of <see cref="FilterLimits"/> while it is read.</summary>
internal struct FilterBudget
{
    private int _depth;
    private int _conditions;

    /// <summary>Goes into a part of a filter.</summary>
    public void Enter(ref JsonCursor cursor)
    {
        if (++_depth > FilterLimits.DepthMax)
            throw cursor.Invalid(_depth, $"must be at most {FilterLimits.DepthMax} (DepthMax, filters inside filters)");
    }

    /// <summary>Comes out of it.</summary>
    public void Leave() => _depth--;

    /// <summary>Counts a condition.</summary>
    public void Count(ref JsonCursor cursor)
    {
        if (++_conditions > FilterLimits.ConditionsMax)
            throw cursor.Invalid(_conditions, $"must be at most {FilterLimits.ConditionsMax} (ConditionsMax, conditions of a filter)");
    }
}
