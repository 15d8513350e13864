using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace OrleansVectors.Partitions.Payloads;

/// <summary>
/// Streams JSON tokens into the binary form. One pass, no tree: open containers are a stack of positions in the
/// written bytes, which also tell the path of an error.
/// </summary>
internal struct PayloadJsonReader
{
    private FrameStack _frames;
    private int _depth;

    /// <summary>Reads the object the reader stands on; leaves the reader on its end.</summary>
    public static void Read(ref Utf8JsonReader reader, ref PayloadWriter writer)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new PayloadException("", "expected a JSON object");
        }

        PayloadJsonReader state = default;
        state.Open(PayloadKind.Object, ref writer);
        while (state._depth > 0)
        {
            if (!reader.Read())
            {
                throw new PayloadException("", "the JSON text ends inside the object");
            }

            state.Take(ref reader, ref writer);
        }
    }

    private void Take(ref Utf8JsonReader reader, ref PayloadWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _frames[_depth - 1].KeyStart = writer.Length;
                WriteText(ref reader, ref writer, isKey: true);
                return;
            case JsonTokenType.EndObject:
                writer.EndObject(_frames[--_depth].BodyStart);
                return;
            case JsonTokenType.EndArray:
                writer.EndArray(_frames[--_depth].BodyStart);
                return;
            case JsonTokenType.Comment:
                return;
        }

        _frames[_depth - 1].Elements++;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                Open(PayloadKind.Object, ref writer);
                break;
            case JsonTokenType.StartArray:
                Open(PayloadKind.Array, ref writer);
                break;
            case JsonTokenType.String:
                WriteText(ref reader, ref writer, isKey: false);
                break;
            case JsonTokenType.Number:
                WriteNumber(ref reader, ref writer);
                break;
            case JsonTokenType.True:
                writer.WriteTag(PayloadKind.True);
                break;
            case JsonTokenType.False:
                writer.WriteTag(PayloadKind.False);
                break;
            default:
                writer.WriteTag(PayloadKind.Null);
                break;
        }
    }

    private void Open(PayloadKind kind, ref PayloadWriter writer)
    {
        if (_depth == PayloadLimits.DepthMax)
        {
            throw new PayloadException(
                Path(writer.Written), nameof(PayloadLimits.DepthMax), PayloadLimits.DepthMax, _depth + 1);
        }

        int bodyStart = writer.Begin(kind);
        _frames[_depth++] = new Frame { BodyStart = bodyStart, KeyStart = kind == PayloadKind.Object ? 0 : -1 };
    }

    private readonly void WriteNumber(ref Utf8JsonReader reader, ref PayloadWriter writer)
    {
        if (IsInteger(ref reader))
        {
            if (reader.TryGetInt64(out long signed))
            {
                writer.WriteInt64(signed);
                return;
            }

            if (reader.TryGetUInt64(out ulong unsigned))
            {
                writer.WriteUInt64(unsigned);
                return;
            }
        }

        if (!reader.TryGetDouble(out double value) || !double.IsFinite(value))
        {
            throw new PayloadException(Path(writer.Written), "a number exceeds the range of a 64-bit float");
        }

        writer.WriteDouble(value);
    }

    /// <summary>Digits only. <c>-0</c> counts as a float, because an integer would lose its sign.</summary>
    private static bool IsInteger(ref Utf8JsonReader reader)
    {
        if (!reader.HasValueSequence)
        {
            return IsInteger(reader.ValueSpan);
        }

        byte[] copy = reader.ValueSequence.ToArray();
        return IsInteger(copy);
    }

    private static bool IsInteger(ReadOnlySpan<byte> number)
        => number.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0 && !number.SequenceEqual("-0"u8);

    private readonly void WriteText(ref Utf8JsonReader reader, ref PayloadWriter writer, bool isKey)
    {
        if (!reader.HasValueSequence && !reader.ValueIsEscaped)
        {
            WriteText(reader.ValueSpan, ref writer, isKey);
            return;
        }

        long bytes = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (bytes > PayloadLimits.BytesMax)
        {
            throw new PayloadException(
                Path(writer.Written), nameof(PayloadLimits.BytesMax), PayloadLimits.BytesMax, bytes);
        }

        byte[] copy = ArrayPool<byte>.Shared.Rent((int)bytes);
        try
        {
            int length = reader.CopyString(copy);
            WriteText(copy.AsSpan(0, length), ref writer, isKey);
        }
        catch (InvalidOperationException error)
        {
            throw new PayloadException(
                Path(writer.Written), "text is not valid Unicode (invalid UTF-8 or a lone surrogate)", error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private readonly void WriteText(ReadOnlySpan<byte> utf8, ref PayloadWriter writer, bool isKey)
    {
        if (!Utf8.IsValid(utf8))
        {
            throw new PayloadException(Path(writer.Written), "text is not valid UTF-8");
        }

        if (isKey)
        {
            writer.WriteKey(utf8);
        }
        else
        {
            writer.WriteString(utf8);
        }
    }

    /// <summary>The place being read, from the keys already written.</summary>
    private readonly string Path(ReadOnlySpan<byte> written)
    {
        var path = new StringBuilder();
        foreach (Frame frame in ((ReadOnlySpan<Frame>)_frames)[.._depth])
        {
            int position = frame.KeyStart;
            if (position < 0)
            {
                path.Append(CultureInfo.InvariantCulture, $"[{Math.Max(frame.Elements - 1, 0)}]");
            }
            else if (position > 0 && position < written.Length)
            {
                int length = PayloadFormat.ReadLength(written, ref position);
                path.Append(path.Length > 0 ? "." : "").Append(Encoding.UTF8.GetString(written.Slice(position, length)));
            }
        }

        return path.ToString();
    }

    /// <summary>An open container.</summary>
    private struct Frame
    {
        /// <summary>Where the container's body starts in the written bytes.</summary>
        public int BodyStart;

        /// <summary>Where the current key starts; 0 before the first key, -1 in an array.</summary>
        public int KeyStart;

        /// <summary>Values begun in this container.</summary>
        public int Elements;
    }

    [InlineArray(PayloadLimits.DepthMax)]
    private struct FrameStack
    {
        private Frame _first;
    }
}
