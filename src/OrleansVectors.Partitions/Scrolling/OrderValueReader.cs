using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Values;

namespace OrleansVectors.Partitions.Scrolling;

/// <summary>Reads from payloads the values that points are ordered by.</summary>
internal sealed class OrderValueReader(PayloadOrder by)
{
    private readonly List<OrderValue> _values = [];

    /// <summary>The values of one payload that lie in the page's range; valid until the next call.</summary>
    public List<OrderValue> Read(ReadOnlySpan<byte> payload)
    {
        _values.Clear();
        Collector collector = new(by, _values);
        PayloadLeaves.Visit(payload, by.Key, ref collector);
        return _values;
    }

    private readonly struct Collector(PayloadOrder by, List<OrderValue> values) : IPayloadVisitor
    {
        public bool Visit(PayloadView value)
        {
            if (TryRead(value, out OrderValue found)
                && (by.StartFrom is not { } start || (by.Descending ? found <= start : found >= start)))
            {
                values.Add(found);
            }

            return true;
        }

        private bool TryRead(PayloadView value, out OrderValue found)
        {
            found = default;
            if (by.Kind == PayloadOrderKind.DateTime)
            {
                if (!value.TryGetString(out ReadOnlySpan<byte> text) || !PayloadDateTime.TryParse(text, out long microseconds))
                {
                    return false;
                }

                found = OrderValue.FromInteger(microseconds);
                return true;
            }

            if (value.TryGetInt64(out long integer))
            {
                found = OrderValue.FromInteger(integer);
                return true;
            }

            bool isReal = value.TryGetDouble(out double real);
            found = OrderValue.FromReal(real);
            return isReal;
        }
    }
}
