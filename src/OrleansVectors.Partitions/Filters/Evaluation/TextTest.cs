using System.Text;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>The value is a text that contains one of some pieces, or starts with it. The empty piece is in every text.</summary>
internal sealed class TextTest(MatchText match) : ValueTest
{
    private readonly bool _atStart = match.Mode == MatchTextMode.Prefix;

    private readonly byte[][] _pieces = match.Mode == MatchTextMode.AnyWord
        ? [.. match.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Encoding.UTF8.GetBytes)]
        : [Encoding.UTF8.GetBytes(match.Text)];

    protected override bool Passes(PayloadView value)
    {
        if (!value.TryGetString(out ReadOnlySpan<byte> stored))
        {
            return false;
        }

        foreach (byte[] piece in _pieces)
        {
            if (_atStart ? stored.StartsWith(piece) : stored.IndexOf(piece) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
