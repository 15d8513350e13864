namespace OrleansVectors.Partitions.Filters;

/// <summary>Bounds of a number; null bounds nothing, all null matches every number.</summary>
public readonly record struct NumberRange(double? Lt, double? Gt, double? Lte, double? Gte)
{
    /// <summary>True when the number is within every bound.</summary>
    public bool Contains(double value)
        => !(value >= Lt) && !(value <= Gt) && !(value > Lte) && !(value < Gte);
}
