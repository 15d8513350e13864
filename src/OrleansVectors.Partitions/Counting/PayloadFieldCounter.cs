using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Values;

namespace OrleansVectors.Partitions.Counting;

/// <summary>Whether a payload has at least one value of a kind at a key.</summary>
internal static class PayloadFieldCounter
{
    public static bool HasValue(ReadOnlySpan<byte> payload, PayloadPath key, PayloadValueTest test)
    {
        Finder finder = new(test);
        PayloadLeaves.Visit(payload, key, ref finder);
        return finder.Found;
    }

    private struct Finder(PayloadValueTest test) : IPayloadVisitor
    {
        public bool Found;

        public bool Visit(PayloadView value)
        {
            Found = test(value);
            return !Found;
        }
    }
}
