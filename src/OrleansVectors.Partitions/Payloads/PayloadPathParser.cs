using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace OrleansVectors.Partitions.Payloads;

/// <summary>
/// <code>
/// path  := key step*
/// step  := '.' key | '[' digits ']' | '[]'
/// key   := (letter | mark | number | '_' | '-')+ | '"' any sign but '"' and '\' * '"'
/// </code>
/// </summary>
internal ref struct PayloadPathParser
{
    private readonly string _text;
    private int _position;

    private PayloadPathParser(string text)
    {
        _text = text;
    }

    public static ImmutableArray<PayloadStep> Parse(string text)
    {
        if (text.Length > PayloadLimits.PathCharsMax)
        {
            throw new PayloadPathException(
                text[..32],
                PayloadLimits.PathCharsMax,
                $"value {text.Length} of {nameof(PayloadLimits.PathCharsMax)} invalid, must be at most {PayloadLimits.PathCharsMax}");
        }

        return new PayloadPathParser(text).Parse();
    }

    /// <summary>True when the key needs no quotes.</summary>
    public static bool IsPlainKey(string key)
    {
        var parser = new PayloadPathParser(key);
        return parser.SkipPlainKey() == key.Length && key.Length > 0;
    }

    private ImmutableArray<PayloadStep> Parse()
    {
        var steps = ImmutableArray.CreateBuilder<PayloadStep>();
        steps.Add(ReadKey());
        while (_position < _text.Length)
        {
            switch (_text[_position++])
            {
                case '.':
                    steps.Add(ReadKey());
                    break;
                case '[':
                    steps.Add(ReadIndex());
                    break;
                default:
                    _position--;
                    throw Error("expected '.' or '['");
            }
        }

        return steps.ToImmutable();
    }

    private PayloadStep ReadKey()
    {
        int start = _position;
        if (start < _text.Length && _text[start] == '"')
        {
            int end = _text.AsSpan(start + 1).IndexOfAny('"', '\\') + start + 1;
            if (end <= start || _text[end] == '\\')
            {
                throw Error("a quoted key has no end, or contains a backslash");
            }

            _position = end + 1;
            string quoted = _text[(start + 1)..end];
            return IsUnicode(quoted) ? PayloadStep.IntoKey(quoted) : throw Error("a key is not valid Unicode");
        }

        return SkipPlainKey() > start
            ? PayloadStep.IntoKey(_text[start.._position])
            : throw Error("expected a key (letters, digits, '_', '-', or quotes around anything)");
    }

    private PayloadStep ReadIndex()
    {
        int start = _position;
        while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
        {
            _position++;
        }

        ReadOnlySpan<char> digits = _text.AsSpan(start, _position - start);
        if (_position == _text.Length || _text[_position] != ']')
        {
            throw Error("expected digits and ']'");
        }

        _position++;
        if (digits.IsEmpty)
        {
            return PayloadStep.Every;
        }

        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            ? PayloadStep.IntoIndex(index)
            : throw Error("an array index is too large");
    }

    private int SkipPlainKey()
    {
        while (_position < _text.Length && Rune.TryGetRuneAt(_text, _position, out Rune rune) && IsPlain(rune))
        {
            _position += rune.Utf16SequenceLength;
        }

        return _position;
    }

    private static bool IsPlain(Rune rune)
        => rune.Value is '_' or '-'
            || Rune.IsLetter(rune)
            || Rune.IsNumber(rune)
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>No lone surrogate.</summary>
    private static bool IsUnicode(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !Rune.TryGetRuneAt(text, i++, out _))
            {
                return false;
            }
        }

        return true;
    }

    private readonly PayloadPathException Error(string reason) => new(_text, _position, reason);
}
