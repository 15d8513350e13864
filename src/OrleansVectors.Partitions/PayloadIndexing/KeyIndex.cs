using System.Text;
using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Indexes.Ordinals;
using OrleansVectors.Indexes.PayloadIndexes;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.PayloadIndexing;

/// <summary>Texts, whole: any (keyword) or those that are UUIDs. A UUID as most are written takes 16 bytes instead of 36.</summary>
internal sealed class KeyIndex : PayloadIndex
{
    private readonly KeyPostings _postings;
    private readonly bool _isUuid;

    public KeyIndex(PayloadIndexSchema schema, ReaderGate gate)
        : base(schema, gate)
    {
        _postings = new KeyPostings(Heap);
        _isUuid = schema.Type == PayloadIndexType.Uuid;
    }

    public override bool VisitFacets(IFacetVisitor visitor)
    {
        FacetKeys keys = new(this, visitor);
        _postings.Visit(ref keys);
        return true;
    }

    protected override IndexedCondition? BindValues(Condition condition)
        => condition is not MatchCondition { Match: { } match } ? null : match switch
        {
            MatchString text => Heads([text.Value]) is { } heads ? new HeadsCondition(heads) : null,
            MatchAny { Values.Integers.Count: 0 } any => Heads(any.Values.Strings) is { } heads ? new HeadsCondition(heads) : null,
            MatchExcept { Values.Integers.Count: 0 } except => Heads(except.Values.Strings) is { } heads
                ? new ExceptCondition(heads, Valued, Several, Others)
                : null,
            _ => null,
        };

    protected override bool? Change(PayloadView value, uint ordinal, bool adds)
    {
        Span<byte> compact = stackalloc byte[UuidKey.Bytes];
        if (!value.TryGetString(out ReadOnlySpan<byte> text) || (_isUuid && !UuidKey.IsUuid(text)))
        {
            return null;
        }

        ReadOnlySpan<byte> key = KeyOf(text, compact);
        return adds ? _postings.Add(key, ordinal) : _postings.Remove(key, ordinal);
    }

    private ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> text, Span<byte> compact)
        => _isUuid && UuidKey.TryCompact(text, compact) ? compact : text;

    /// <summary>The posting lists of texts, each once; null when one is none that this index would hold.</summary>
    private List<ulong>? Heads(IReadOnlyList<string> texts)
    {
        List<ulong> heads = [];
        HashSet<string>? seen = texts.Count > 1 ? new HashSet<string>(StringComparer.Ordinal) : null;
        Span<byte> compact = stackalloc byte[UuidKey.Bytes];
        foreach (string value in texts)
        {
            byte[] text = Encoding.UTF8.GetBytes(value);
            if (_isUuid && !UuidKey.IsUuid(text))
            {
                return null;
            }

            ulong head = seen?.Add(value) != false ? _postings.Find(KeyOf(text, compact)) : 0;
            if (head != 0)
            {
                heads.Add(head);
            }
        }

        return heads;
    }

    private readonly struct FacetKeys(KeyIndex index, IFacetVisitor visitor) : IKeyVisitor
    {
        public bool Visit(ReadOnlySpan<byte> key, ulong head)
        {
            string text = index._isUuid && key.Length == UuidKey.Bytes ? UuidKey.TextOf(key) : Encoding.UTF8.GetString(key);
            visitor.Visit(FacetValue.FromText(text), head);
            return true;
        }
    }
}
