namespace OrleansVectors.Partitions.Filters;

/// <summary>What one filter may cost. Checked where filters come in: by the JSON reader and by the decoder.</summary>
public static class FilterLimits
{
    /// <summary>Filters inside filters (nested conditions included), in levels; the outermost is level 1.</summary>
    public const int DepthMax = 32;

    /// <summary>Conditions in the whole filter.</summary>
    public const int ConditionsMax = 16_384;

    /// <summary>Values of one <c>any</c> or <c>except</c>.</summary>
    public const int MatchValuesMax = 1_000_000;

    /// <summary>Ids of one <c>has_id</c>.</summary>
    public const int IdsMax = 1_000_000;

    /// <summary>UTF-8 bytes of one string to compare with.</summary>
    public const int TextBytesMax = 1024 * 1024;

    /// <summary>Points of one ring of a polygon.</summary>
    public const int PolygonPointsMax = 100_000;

    /// <summary>Holes of one polygon.</summary>
    public const int PolygonHolesMax = 10_000;
}
