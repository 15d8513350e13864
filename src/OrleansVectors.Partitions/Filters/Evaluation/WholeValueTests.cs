using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>The number of values lies within bounds; an array counts its elements.</summary>
internal sealed class CountTest(CountRange range) : ValueTest
{
    public override bool PassesValue(PayloadView value) => Passes(value);

    protected override bool Passes(PayloadView value)
        => range.Contains(value.Kind switch
        {
            PayloadKind.Null => 0,
            PayloadKind.Array => (ulong)value.CountArray(),
            _ => 1,
        });
}

/// <summary>The value is empty (null or <c>[]</c>), or is not.</summary>
internal sealed class EmptyTest(bool expected) : ValueTest
{
    public static bool IsEmpty(PayloadView value)
        => value.Kind == PayloadKind.Null || (value.Kind == PayloadKind.Array && value.IsEmptyContainer);

    public override bool PassesValue(PayloadView value) => Passes(value);

    protected override bool Passes(PayloadView value) => IsEmpty(value) == expected;
}

/// <summary>The value is null or an array with a null in it, or is neither.</summary>
internal sealed class NullTest(bool expected) : ValueTest
{
    public override bool PassesValue(PayloadView value)
    {
        foreach (PayloadView element in value.EnumerateArray())
        {
            if (element.Kind == PayloadKind.Null)
            {
                return expected;
            }
        }

        return Passes(value);
    }

    protected override bool Passes(PayloadView value) => value.Kind == PayloadKind.Null == expected;
}
