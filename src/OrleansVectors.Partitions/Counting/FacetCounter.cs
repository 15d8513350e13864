using System.Text;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Values;

namespace OrleansVectors.Partitions.Counting;

/// <summary>Counts points under each value of a payload key; a point with the same value twice counts once.</summary>
internal sealed class FacetCounter(PayloadPath key)
{
    private readonly Dictionary<FacetValue, long> _counts = [];
    private readonly HashSet<FacetValue> _ofPoint = [];

    public IReadOnlyDictionary<FacetValue, long> Counts => _counts;

    public void Add(ReadOnlySpan<byte> payload)
    {
        _ofPoint.Clear();
        Collector collector = new(_ofPoint);
        PayloadLeaves.Visit(payload, key, ref collector);
        foreach (FacetValue value in _ofPoint)
        {
            _counts[value] = _counts.GetValueOrDefault(value) + 1;
        }
    }

    private readonly struct Collector(HashSet<FacetValue> values) : IPayloadVisitor
    {
        public bool Visit(PayloadView value)
        {
            if (value.TryGetString(out ReadOnlySpan<byte> text))
            {
                values.Add(FacetValue.FromText(Encoding.UTF8.GetString(text)));
            }
            else if (value.Kind is PayloadKind.True or PayloadKind.False)
            {
                values.Add(FacetValue.FromBoolean(value.Kind == PayloadKind.True));
            }
            else if (value.TryGetInt64(out long integer))
            {
                values.Add(FacetValue.FromInteger(integer));
            }

            return true;
        }
    }
}
