namespace OrleansVectors.Partitions.Payloads;

/// <summary>Walks the properties of an object in insertion order.</summary>
public ref struct PayloadObjectEnumerator
{
    private readonly ReadOnlySpan<byte> _body;
    private int _next;

    internal PayloadObjectEnumerator(ReadOnlySpan<byte> body)
    {
        _body = body;
    }

    /// <summary>The property stepped onto.</summary>
    public PayloadProperty Current { get; private set; }

    /// <summary>Steps onto the next property.</summary>
    public bool MoveNext()
    {
        if (_next >= _body.Length)
        {
            return false;
        }

        int keyLength = PayloadFormat.ReadLength(_body, ref _next);
        ReadOnlySpan<byte> key = _body.Slice(_next, keyLength);
        _next += keyLength;
        int valueLength = PayloadFormat.ValueBytes(_body, _next);
        Current = new PayloadProperty(key, new PayloadView(_body.Slice(_next, valueLength)));
        _next += valueLength;
        return true;
    }

    /// <summary>Itself, for <c>foreach</c>.</summary>
    public readonly PayloadObjectEnumerator GetEnumerator() => this;
}
