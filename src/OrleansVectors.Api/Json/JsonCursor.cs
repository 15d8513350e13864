using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace OrleansVectors.Api.Json;

/// <summary>
/// Reads one JSON body forwards and knows where it is, so that every refusal names the place: a thin layer over
/// <see cref="Utf8JsonReader"/> that keeps a stack of member names and item numbers, refuses members given twice, and
/// turns the reader's errors into <see cref="JsonFormatException"/>.
/// </summary>
/// <remarks>
/// A value is <em>current</em> after the constructor (the body's value), after <see cref="NextMember"/> and after
/// <see cref="NextItem"/>. Each current value is consumed once: a getter, <see cref="Skip"/>, or Begin and then Next
/// until it returns false. The pattern:
/// <code>
/// var cursor = new JsonCursor(body);
/// cursor.BeginObject();
/// while (cursor.NextMember())
/// {
///     if (cursor.NameIs("limit"u8)) limit = cursor.GetInt32(1, int.MaxValue);
///     else throw cursor.UnknownMember();
/// }
/// cursor.EndDocument();
/// </code>
/// Names are kept as positions in the body; text is made of them only for an error. Pass the cursor by reference.
/// </remarks>
public ref struct JsonCursor
{
    private readonly ReadOnlySpan<byte> _body;
    private Utf8JsonReader _reader;

    // Where the reader's bytes begin in the body; its own positions count from there.
    private int _readerStart;
    private Frames _frames;
    private int _depth;

    // Names already met in the objects that are open; each frame remembers where its own begin.
    private NamePosition[] _names;
    private int _nameCount;

    // Names written with escapes, unescaped; their positions are stored complemented.
    private List<byte[]>? _unescapedNames;

    /// <summary>Starts at the body's value.</summary>
    /// <param name="body">UTF-8, valid (see <see cref="Requests.RequestBody"/>); at most one JSON value.</param>
    /// <exception cref="JsonFormatException">The body is empty or does not begin a value.</exception>
    public JsonCursor(ReadOnlySpan<byte> body)
    {
        _body = body;
        _names = new NamePosition[16];
        _reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = ApiLimits.JsonDepthMax });
        if (body.IsEmpty)
            throw new JsonFormatException("", "the body is empty");
        Advance();
    }

    /// <summary>The current value's first token.</summary>
    public readonly JsonTokenType Token => _reader.TokenType;

    /// <summary>True when the current value is null.</summary>
    public readonly bool IsNull => _reader.TokenType == JsonTokenType.Null;

    /// <summary>
    /// The reader, on the current value's first token, for loops that read many values. Leave it on the value's last
    /// token. Its errors are <see cref="JsonException"/>: hand them to <see cref="Malformed(JsonException)"/>.
    /// </summary>
    [UnscopedRef]
    public ref Utf8JsonReader Reader => ref _reader;

    /// <summary>The whole body, for a scanner of raw bytes.</summary>
    public readonly ReadOnlySpan<byte> Body => _body;

    /// <summary>Offset in the body just after the current value's first token.</summary>
    public readonly int Position => _readerStart + (int)_reader.BytesConsumed;

    /// <summary>
    /// Consumes the current value, an array whose inside the caller has read and checked itself.
    /// </summary>
    /// <param name="end">Offset in the body of the array's closing bracket.</param>
    public void EndScannedArray(int end)
    {
        Debug.Assert(_reader.TokenType == JsonTokenType.StartArray && _body[end] == ']', "not at an array, or not at its end");
        _reader = new Utf8JsonReader(_body[end..], isFinalBlock: true, _reader.CurrentState);
        _readerStart = end;
        Advance();
        Debug.Assert(_reader.TokenType == JsonTokenType.EndArray, "the array is not closed");
    }

    /// <summary>Steps into the current value, an object.</summary>
    public void BeginObject()
    {
        if (_reader.TokenType != JsonTokenType.StartObject)
            throw Unexpected("an object");
        _frames[_depth++] = new Frame { FirstName = _nameCount, Item = -1 };
    }

    /// <summary>Makes the next member's value current; false at the object's end, which is then consumed.</summary>
    public bool NextMember()
    {
        Debug.Assert(_depth > 0, "NextMember without BeginObject");
        Advance();
        ref Frame frame = ref _frames[_depth - 1];
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            _nameCount = frame.FirstName;
            _depth--;
            return false;
        }

        Debug.Assert(_reader.TokenType == JsonTokenType.PropertyName, "the last member was not consumed");
        NamePosition name = TakeName();
        CheckNew(name, frame.FirstName);
        if (_nameCount == _names.Length)
            Array.Resize(ref _names, _names.Length * 2);
        _names[_nameCount++] = name;
        frame.Name = name;
        Advance();
        return true;
    }

    /// <summary>Whether the current member has this name.</summary>
    public readonly bool NameIs(ReadOnlySpan<byte> name) => NameBytes.SequenceEqual(name);

    /// <summary>The current member's name, unescaped UTF-8.</summary>
    public readonly ReadOnlySpan<byte> NameBytes => Resolve(_frames[_depth - 1].Name);

    /// <summary>The current member's name.</summary>
    public readonly string Name => Encoding.UTF8.GetString(NameBytes);

    /// <summary>Steps into the current value, an array.</summary>
    public void BeginArray()
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
            throw Unexpected("an array");
        _frames[_depth++] = new Frame { FirstName = _nameCount, Item = -1, IsArray = true };
    }

    /// <summary>Makes the array's next item current; false at its end, which is then consumed.</summary>
    public bool NextItem()
    {
        Debug.Assert(_depth > 0 && _frames[_depth - 1].IsArray, "NextItem without BeginArray");

        // Before the step, so that what is wrong with the next item is said of it.
        _frames[_depth - 1].Item++;
        Advance();
        if (_reader.TokenType == JsonTokenType.EndArray)
        {
            _depth--;
            return false;
        }

        return true;
    }

    /// <summary>Passes over the current value, whatever it is.</summary>
    public void Skip()
    {
        try
        {
            _reader.Skip();
        }
        catch (JsonException exception)
        {
            throw Malformed(exception);
        }
    }

    /// <summary>The current value as it stands in the body; passes over it.</summary>
    public ReadOnlySpan<byte> GetRaw()
    {
        int start = _readerStart + (int)_reader.TokenStartIndex;
        Skip();
        return _body[start..Position];
    }

    /// <summary>Checks that nothing follows the body's value.</summary>
    public void EndDocument()
    {
        Debug.Assert(_depth == 0, "the document was not read to its end");
        try
        {
            if (_reader.Read())
                throw new JsonFormatException("", "text after the JSON value");
        }
        catch (JsonException exception)
        {
            throw Malformed(exception);
        }
    }

    /// <summary>The current value, a string.</summary>
    public readonly string GetString()
    {
        if (_reader.TokenType != JsonTokenType.String)
            throw Unexpected("a string");
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error("the string has an escaped surrogate without its pair");
        }
    }

    /// <summary>The current value, a string or null.</summary>
    public readonly string? GetStringOrNull() => IsNull ? null : GetString();

    /// <summary>The current value, true or false.</summary>
    public readonly bool GetBoolean() => _reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Unexpected("a boolean"),
    };

    /// <summary>The current value, a boolean or null.</summary>
    public readonly bool? GetBooleanOrNull() => IsNull ? null : GetBoolean();

    /// <summary>The current value, an integer of 64 bits.</summary>
    public readonly long GetInt64()
        => _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out long value)
            ? value
            : throw Unexpected("an integer");

    /// <summary>The current value, an unsigned integer of 64 bits.</summary>
    public readonly ulong GetUInt64()
        => _reader.TokenType == JsonTokenType.Number && _reader.TryGetUInt64(out ulong value)
            ? value
            : throw Unexpected("an unsigned integer");

    /// <summary>The current value, one of a few words.</summary>
    public readonly string GetOneOf(params ReadOnlySpan<string> words)
    {
        if (_reader.TokenType == JsonTokenType.String)
        {
            foreach (string word in words)
            {
                if (_reader.ValueTextEquals(word))
                    return word;
            }
        }

        throw Unexpected($"one of {string.Join(", ", words)}");
    }

    /// <summary>As <see cref="GetOneOf"/>, or null.</summary>
    public readonly string? GetOneOfOrNull(params ReadOnlySpan<string> words) => IsNull ? null : GetOneOf(words);

    /// <summary>
    /// The current value, an integer from <paramref name="from"/> to <paramref name="to"/>. A negative number where none can
    /// be is an error of format, as existing clients' tests expect.
    /// </summary>
    /// <exception cref="JsonFormatException">Not an integer, or negative where <paramref name="from"/> is not.</exception>
    /// <exception cref="JsonValidationException">Outside the bound.</exception>
    public readonly int GetInt32(int from, int to)
    {
        if (_reader.TokenType != JsonTokenType.Number)
            throw Unexpected("an integer");
        if (_reader.TryGetInt64(out long value))
        {
            if (value >= from && value <= to)
                return (int)value;
            throw value < 0 && from >= 0
                ? Error($"value {value} invalid, must be from {from} to {to}")
                : OutOfRange(value, from, to);
        }

        string raw = Encoding.UTF8.GetString(_reader.ValueSpan);
        throw raw.AsSpan().ContainsAny('.', 'e', 'E') ? Unexpected("an integer") : OutOfRange(Clip(raw), from, to);
    }

    /// <summary>As <see cref="GetInt32(int, int)"/>, or null.</summary>
    public readonly int? GetInt32OrNull(int from, int to) => IsNull ? null : GetInt32(from, to);

    /// <summary>The current value, a finite number of 32 bits; rounds to the nearest.</summary>
    public readonly float GetSingle()
    {
        if (_reader.TokenType != JsonTokenType.Number)
            throw Unexpected("a number");
        return _reader.TryGetSingle(out float value) && float.IsFinite(value)
            ? value
            : throw Error($"the number {Clip(Encoding.UTF8.GetString(_reader.ValueSpan))} does not fit 32-bit floating point");
    }

    /// <summary>The current value, a finite number of 64 bits.</summary>
    public readonly double GetDouble()
    {
        if (_reader.TokenType != JsonTokenType.Number)
            throw Unexpected("a number");
        return _reader.TryGetDouble(out double value) && double.IsFinite(value)
            ? value
            : throw Error($"the number {Clip(Encoding.UTF8.GetString(_reader.ValueSpan))} does not fit 64-bit floating point");
    }

    /// <summary>A number from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public readonly double GetDouble(double from, double to)
    {
        double value = GetDouble();
        return value >= from && value <= to ? value : throw OutOfRange(value, from, to);
    }

    /// <summary>Where the current value is, as <c>points[3].vector</c>; empty for the body's value.</summary>
    public readonly string Path
    {
        get
        {
            var text = new StringBuilder();
            for (int i = 0; i < _depth; i++)
            {
                Frame frame = _frames[i];
                if (frame.IsArray)
                {
                    if (frame.Item >= 0)
                        text.Append('[').Append(frame.Item).Append(']');
                }
                else if (frame.Name.IsSet)
                {
                    if (text.Length > 0)
                        text.Append('.');
                    text.Append(Clip(Encoding.UTF8.GetString(Resolve(frame.Name))));
                }
            }

            return text.ToString();
        }
    }

    /// <summary>The error of a current value of the wrong type.</summary>
    /// <param name="expected">A phrase: <c>an unsigned integer or a UUID</c>.</param>
    public readonly JsonFormatException Unexpected(string expected)
        => Error($"expected {expected}, found {DescribeValue()}");

    /// <summary>The error of a member that nothing reads.</summary>
    public readonly JsonFormatException UnknownMember() => Error("unknown field");

    /// <summary>The error of the current object lacking a member. Call it after the object's end or within it.</summary>
    /// <param name="objectPath">The object's path, taken before its members were read.</param>
    /// <param name="name">The member.</param>
    public static JsonFormatException Missing(string objectPath, string name)
        => new(objectPath, $"missing field `{name}`");

    /// <summary>An error at the current value.</summary>
    public readonly JsonFormatException Error(string message) => new(Path, message);

    /// <summary>A current value outside its bound.</summary>
    public readonly JsonValidationException OutOfRange(object value, object from, object to)
        => JsonValidationException.OutOfRange(Path, value, from, to);

    /// <summary>A current value that breaks a rule said as a phrase, <c>must be 1 or larger</c>.</summary>
    public readonly JsonValidationException Invalid(object value, string bound)
        => new(Path, FormattableString.Invariant($"{value}"), bound);

    /// <summary>The error of a body that is not JSON.</summary>
    public readonly JsonFormatException Malformed(JsonException exception)
    {
        if (_readerStart > 0)
            exception = FindAgain() ?? exception;
        string reason = exception.Message;
        int end = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
        if (end >= 0)
            reason = reason[..end];
        if (reason.Contains("maximum configured depth", StringComparison.Ordinal))
            reason = $"nested deeper than {ApiLimits.JsonDepthMax} levels.";
        string at = FormattableString.Invariant(
            $" (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})");
        return Error(reason + at);
    }

    /// <summary>The body's first error, with its line: a reader that began after a scanned array counts from there.</summary>
    private readonly JsonException? FindAgain()
    {
        var reader = new Utf8JsonReader(_body, new JsonReaderOptions { MaxDepth = ApiLimits.JsonDepthMax });
        try
        {
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException exception)
        {
            return exception;
        }
    }

    private void Advance()
    {
        try
        {
            if (!_reader.Read())
                throw new JsonFormatException(Path, "the body ends too early");
        }
        catch (JsonException exception)
        {
            throw Malformed(exception);
        }
    }

    private NamePosition TakeName()
    {
        if (!_reader.ValueIsEscaped)
            return new NamePosition(_readerStart + (int)_reader.TokenStartIndex + 1, _reader.ValueSpan.Length);
        try
        {
            byte[] name = Encoding.UTF8.GetBytes(_reader.GetString()!);
            (_unescapedNames ??= []).Add(name);
            return new NamePosition(~(_unescapedNames.Count - 1), name.Length);
        }
        catch (InvalidOperationException)
        {
            throw Error("a name has an escaped surrogate without its pair");
        }
    }

    private readonly void CheckNew(NamePosition name, int firstName)
    {
        ReadOnlySpan<byte> bytes = Resolve(name);
        for (int i = firstName; i < _nameCount; i++)
        {
            if (_names[i].Length == name.Length && Resolve(_names[i]).SequenceEqual(bytes))
                throw Error($"the next member, `{Clip(Encoding.UTF8.GetString(bytes))}`, is given twice");
        }

        if (_nameCount - firstName >= ApiLimits.JsonMembersMax)
            throw Error($"more than {ApiLimits.JsonMembersMax} members in one object");
    }

    private readonly ReadOnlySpan<byte> Resolve(NamePosition name)
        => name.Start >= 0 ? _body.Slice(name.Start, name.Length) : _unescapedNames![~name.Start];

    private readonly string DescribeValue() => _reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => $"the string \"{Clip(Encoding.UTF8.GetString(_reader.ValueSpan))}\"",
        JsonTokenType.Number => $"the number {Clip(Encoding.UTF8.GetString(_reader.ValueSpan))}",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Null => "null",
        _ => "the end",
    };

    private static string Clip(string text)
        => text.Length <= ApiLimits.QuotedCharsMax ? text : string.Concat(text.AsSpan(0, ApiLimits.QuotedCharsMax), "...");

    private readonly record struct NamePosition(int Start, int Length)
    {
        // A name's first byte is at 1 at the earliest; 0 is the frame that has met no member yet.
        public bool IsSet => Start != 0;
    }

    private struct Frame
    {
        public NamePosition Name;
        public int Item;
        public int FirstName;
        public bool IsArray;
    }

    // One more than the reader's depth: it refuses the level after the last before a frame is needed.
    [InlineArray(ApiLimits.JsonDepthMax + 1)]
    private struct Frames
    {
        private Frame _first;
    }
}
