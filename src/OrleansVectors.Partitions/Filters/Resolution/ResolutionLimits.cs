namespace OrleansVectors.Partitions.Filters.Resolution;

/// <summary>How much is done to find out beforehand which points match.</summary>
/// <param name="ListMax">Up to so many candidates of one condition are listed and looked at one by one.</param>
/// <param name="ValuesMax">A condition is left to the payloads when more values of an index than this had to be gathered for it.</param>
/// <param name="LookedAtMax">Up to so many points between the sets are looked at at once.</param>
/// <param name="FewPoints">When so few points are left, looking at them costs less than another condition's set.</param>
internal sealed record ResolutionLimits(int ListMax, long ValuesMax, int LookedAtMax, int FewPoints)
{
    /// <summary>For a search, which looks at few points in the end.</summary>
    public static ResolutionLimits Search { get; } = new(ListMax: 4096, ValuesMax: 1 << 16, LookedAtMax: 1024, FewPoints: 512);

    /// <summary>For whoever needs all matches.</summary>
    public static ResolutionLimits All { get; } = new(ListMax: 4096, ValuesMax: long.MaxValue, LookedAtMax: 0, FewPoints: 512);
}
