using System.Text;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>The value is a text, byte for byte.</summary>
internal sealed class StringTest(string text) : ValueTest
{
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(text);

    protected override bool Passes(PayloadView value)
        => value.TryGetString(out ReadOnlySpan<byte> stored) && stored.SequenceEqual(_utf8);
}

/// <summary>The value is an integer.</summary>
internal sealed class IntegerTest(long number) : ValueTest
{
    protected override bool Passes(PayloadView value) => value.TryGetInt64(out long stored) && stored == number;
}

/// <summary>The value is true, or false.</summary>
internal sealed class BooleanTest(bool expected) : ValueTest
{
    private readonly PayloadKind _kind = expected ? PayloadKind.True : PayloadKind.False;

    protected override bool Passes(PayloadView value) => value.Kind == _kind;
}

/// <summary>The value is a number within bounds.</summary>
internal sealed class NumberRangeTest(NumberRange range) : ValueTest
{
    protected override bool Passes(PayloadView value) => value.TryGetDouble(out double stored) && range.Contains(stored);
}

/// <summary>The value is a text that reads as a moment within bounds.</summary>
internal sealed class DateTimeRangeTest(DateTimeRange range) : ValueTest
{
    protected override bool Passes(PayloadView value)
        => value.TryGetString(out ReadOnlySpan<byte> stored)
            && PayloadDateTime.TryParse(stored, out long microseconds)
            && range.Contains(microseconds);
}
