using System.Diagnostics;

namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>Turns conditions into nodes. Recursion is bounded by <see cref="FilterLimits.DepthMax"/>.</summary>
internal static class FilterCompiler
{
    public static FilterNode Compile(Filter filter)
        => new GroupNode(
            CompileAll(filter.Must),
            CompileAll(filter.Should),
            CompileAll(filter.MustNot),
            CompileAll(filter.MinShould?.Conditions ?? []),
            filter.MinShould?.MinCount ?? 0);

    private static FilterNode[] CompileAll(IReadOnlyList<Condition> conditions) => [.. conditions.Select(Compile)];

    private static FilterNode Compile(Condition condition)
        => condition switch
        {
            MatchCondition match => new FieldNode(match.Key, Compile(match.Match), whenMissing: false),
            RangeCondition range => new FieldNode(range.Key, new NumberRangeTest(range.Range), whenMissing: false),
            DateTimeRangeCondition range => new FieldNode(range.Key, new DateTimeRangeTest(range.Range), whenMissing: false),
            IsEmptyCondition empty => new IsEmptyNode(empty.Key),
            IsNullCondition isNull => new IsNullNode(isNull.Key),
            FieldIsEmptyCondition empty => new FieldNode(empty.Key, new EmptyTest(empty.Expected), empty.Expected),
            FieldIsNullCondition isNull => new FieldNode(isNull.Key, new NullTest(isNull.Expected), !isNull.Expected),
            ValuesCountCondition count => new FieldNode(count.Key, new CountTest(count.Range), count.Range.Contains(0)),
            GeoBoundingBoxCondition box
                => new FieldNode(box.Key, new GeoBoxTest(box.TopLeft, box.BottomRight), whenMissing: false),
            GeoRadiusCondition radius
                => new FieldNode(radius.Key, new GeoRadiusTest(radius.Center, radius.RadiusMeters), whenMissing: false),
            GeoPolygonCondition polygon => new FieldNode(polygon.Key, new GeoPolygonTest(polygon.Polygon), whenMissing: false),
            NestedCondition nested => new NestedNode(nested.Key.ToElements(), Compile(nested.Filter)),
            HasIdCondition hasId => new HasIdNode(hasId.Ids),
            HasVectorCondition hasVector => new HasVectorNode(hasVector.VectorName),
            SliceCondition slice => new SliceNode(slice.Total, slice.Index),
            FilterCondition filter => Compile(filter.Filter),
            _ => throw new UnreachableException($"condition {condition.GetType().Name} has no node"),
        };

    private static ValueTest Compile(Match match)
        => match switch
        {
            MatchString text => new StringTest(text.Value),
            MatchInteger number => new IntegerTest(number.Value),
            MatchBoolean boolean => new BooleanTest(boolean.Value),
            MatchAny any => new SetTest(any.Values, inside: true),
            MatchExcept except => new SetTest(except.Values, inside: false),
            MatchText text => new TextTest(text),
            _ => throw new UnreachableException($"match {match.GetType().Name} has no test"),
        };
}
