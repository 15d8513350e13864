using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions.Counting;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Collections;

/// <summary>Counts the points that have a value under each declared index; counts again only after a write.</summary>
internal sealed class FieldStatistics(IReadOnlyList<IPartition> partitions)
{
    private volatile Counted? _last;

    public async Task<IReadOnlyDictionary<string, long>> CountAsync(
        IReadOnlyDictionary<string, PayloadIndexSettings> indexes, IEnumerable<ulong> sequences, CancellationToken cancellationToken)
    {
        ulong[] asOf = [.. sequences];
        if (_last is { } last && ReferenceEquals(last.Indexes, indexes) && last.AsOf.SequenceEqual(asOf))
        {
            return last.Counts;
        }

        string[] names = [.. indexes.Keys];
        Dictionary<string, long> counts = names.ToDictionary(name => name, _ => 0L);
        if (names.Length > 0)
        {
            (PayloadPath, PayloadValueTest)[] fields = [.. names.Select(name => (PayloadPath.Parse(name), Test(indexes[name].Type)))];
            long[][] parts = await Task.WhenAll(partitions.Select(
                partition => partition.CountHavingAsync(fields, cancellationToken))).ConfigureAwait(false);
            for (int i = 0; i < names.Length; i++)
            {
                counts[names[i]] = parts.Sum(part => part[i]);
            }
        }

        _last = new Counted(indexes, asOf, counts);
        return counts;
    }

    private static PayloadValueTest Test(PayloadIndexType type) => type switch
    {
        PayloadIndexType.Keyword or PayloadIndexType.Text => static value => value.Kind == PayloadKind.String,
        PayloadIndexType.Integer => static value => value.TryGetInt64(out _),
        PayloadIndexType.Float => static value => value.TryGetDouble(out _),
        PayloadIndexType.Bool => static value => value.Kind is PayloadKind.True or PayloadKind.False,
        PayloadIndexType.DateTime => static value
            => value.TryGetString(out ReadOnlySpan<byte> text) && PayloadDateTime.TryParse(text, out _),
        PayloadIndexType.Uuid => static value
            => value.TryGetString(out ReadOnlySpan<byte> text) && System.Buffers.Text.Utf8Parser.TryParse(text, out Guid _, out int used) && used == text.Length,
        PayloadIndexType.Geo => static value
            => value.Kind == PayloadKind.Object
                && value.TryGetProperty("lon"u8, out PayloadView lon) && lon.TryGetDouble(out _)
                && value.TryGetProperty("lat"u8, out PayloadView lat) && lat.TryGetDouble(out _),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a kind of payload index"),
    };

    private sealed record Counted(
        IReadOnlyDictionary<string, PayloadIndexSettings> Indexes, ulong[] AsOf, IReadOnlyDictionary<string, long> Counts);
}
