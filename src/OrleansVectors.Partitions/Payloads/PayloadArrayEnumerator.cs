namespace OrleansVectors.Partitions.Payloads;

/// <summary>Walks the values of an array in order.</summary>
public ref struct PayloadArrayEnumerator
{
    private readonly ReadOnlySpan<byte> _body;
    private int _next;

    internal PayloadArrayEnumerator(ReadOnlySpan<byte> body)
    {
        _body = body;
    }

    /// <summary>The value stepped onto.</summary>
    public PayloadView Current { get; private set; }

    /// <summary>Steps onto the next value.</summary>
    public bool MoveNext()
    {
        if (_next >= _body.Length)
        {
            return false;
        }

        int length = PayloadFormat.ValueBytes(_body, _next);
        Current = new PayloadView(_body.Slice(_next, length));
        _next += length;
        return true;
    }

    /// <summary>Itself, for <c>foreach</c>.</summary>
    public readonly PayloadArrayEnumerator GetEnumerator() => this;
}
