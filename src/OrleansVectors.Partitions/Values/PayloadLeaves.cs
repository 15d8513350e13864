using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Values;

/// <summary>The single values at a key: the value itself, or each element when it is an array.</summary>
internal static class PayloadLeaves
{
    public static void Visit<TVisitor>(ReadOnlySpan<byte> encoded, PayloadPath key, ref TVisitor visitor)
        where TVisitor : struct, IPayloadVisitor
    {
        if (encoded.IsEmpty)
        {
            return;
        }

        Leaves<TVisitor> leaves = new() { Visitor = visitor };
        key.Visit(PayloadView.OfDocument(encoded), ref leaves);
        visitor = leaves.Visitor;
    }

    private struct Leaves<TVisitor> : IPayloadVisitor
        where TVisitor : struct, IPayloadVisitor
    {
        public TVisitor Visitor;

        public bool Visit(PayloadView value)
        {
            if (value.Kind != PayloadKind.Array)
            {
                return Visitor.Visit(value);
            }

            foreach (PayloadView element in value.EnumerateArray())
            {
                if (!Visitor.Visit(element))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
