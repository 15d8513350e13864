using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Tests.Payloads;

namespace OrleansVectors.Partitions.Tests.Filters;

/// <summary>Random filters over the keys and values of <see cref="RandomJson"/>.</summary>
internal static class RandomFilters
{
    public static Filter Next(Random random, RandomJson json, int depth)
    {
        List<Condition> Some() => [.. Enumerable.Range(0, random.Next(3)).Select(_ => RandomCondition(random, json, depth))];
        int part = random.Next(4);
        return new Filter
        {
            Must = part == 0 ? Some() : [],
            Should = part == 1 || random.Next(4) == 0 ? Some() : [],
            MustNot = part == 2 || random.Next(4) == 0 ? Some() : [],
            MinShould = part == 3 ? new MinShould(Some(), random.Next(1, 3)) : null,
        };
    }

    private static Condition RandomCondition(Random random, RandomJson json, int depth)
    {
        PayloadPath key = PayloadPath.Parse(json.Path());
        return random.Next(depth > 0 ? 14 : 12) switch
        {
            0 or 1 or 2 => new MatchCondition(key, RandomMatch(random)),
            3 => new RangeCondition(key, new NumberRange(Maybe(random), Maybe(random), Maybe(random), Maybe(random))),
            4 => new DateTimeRangeCondition(key, new DateTimeRange(null, null, null, 1_704_067_200_000_000 + random.Next(2) * 36_000_000_000)),
            5 => new IsEmptyCondition(key),
            6 => new IsNullCondition(key),
            7 => new FieldIsEmptyCondition(key, random.Next(2) == 0),
            8 => new FieldIsNullCondition(key, random.Next(2) == 0),
            9 => new ValuesCountCondition(key, new CountRange((ulong)random.Next(1, 4), null, null, random.Next(2) == 0 ? 1UL : null)),
            10 => new GeoBoundingBoxCondition(key, new GeoPoint(-2, 3), new GeoPoint(3, -3)),
            11 => new HasIdCondition([PointId.FromNumber((ulong)random.Next(4)), PointId.FromNumber(9)]),
            12 => new NestedCondition(key, Next(random, json, depth - 1)),
            _ => new FilterCondition(Next(random, json, depth - 1)),
        };
    }

    private static Match RandomMatch(Random random) => random.Next(7) switch
    {
        0 => new MatchString(random.Next(2) == 0 ? "x" : "red fox"),
        1 => new MatchInteger(random.Next(-2, 3)),
        2 => new MatchBoolean(random.Next(2) == 0),
        3 => new MatchAny(RandomSet(random)),
        4 or 5 => new MatchExcept(RandomSet(random)),
        _ => new MatchText((MatchTextMode)random.Next(4), random.Next(2) == 0 ? "red" : "fox é"),
    };

    private static MatchSet RandomSet(Random random) => random.Next(3) switch
    {
        0 => MatchSet.Empty,
        1 => MatchSet.OfIntegers([1, -1, 2]),
        _ => MatchSet.OfStrings(["y", "x", "", "red fox"]),
    };

    private static double? Maybe(Random random) => random.Next(2) == 0 ? null : random.Next(-3, 4);
}
