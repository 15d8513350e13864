using System.Buffers;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using OrleansVectors.Api.Errors;
using OrleansVectors.Api.Json;

namespace OrleansVectors.Api.Requests;

/// <summary>
/// A request's body, whole, in one pooled array: valid UTF-8, without a byte order mark. Disposing gives the array back, so
/// nothing may keep a span or memory of it.
/// </summary>
public sealed class RequestBody : IDisposable
{
    private const int FirstRentBytes = 16 << 10;

    private byte[]? _buffer;
    private readonly int _start;
    private readonly int _end;

    private RequestBody(byte[] buffer, int length)
    {
        _buffer = buffer;
        _end = length;
        _start = buffer.AsSpan(0, length).StartsWith("\uFEFF"u8) ? 3 : 0;
    }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(_buffer is null, this);
            return _buffer.AsMemory(_start, _end - _start);
        }
    }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => Memory.Span;

    /// <summary>Reads the body to its end. The content type is not looked at: existing clients do not all send one.</summary>
    /// <param name="request">The request.</param>
    /// <param name="bytesMax">The limit, <see cref="ApiOptions.BodyBytesMax"/>.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    /// <exception cref="BodyTooLargeException">More bytes than the limit.</exception>
    /// <exception cref="JsonFormatException">Not UTF-8.</exception>
    public static async ValueTask<RequestBody> ReadAsync(
        HttpRequest request, long bytesMax, CancellationToken cancellationToken)
    {
        if (request.ContentLength > bytesMax)
            throw new BodyTooLargeException(request.ContentLength, bytesMax);

        // One byte more than announced, so that the read that finds the end needs no growth.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(request.ContentLength is long length ? (int)length + 1 : FirstRentBytes);
        try
        {
            int count = 0;
            while (true)
            {
                int read = await request.Body.ReadAsync(buffer.AsMemory(count), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                    break;
                count += read;
                if (count > bytesMax)
                    throw new BodyTooLargeException(null, bytesMax);
                if (count == buffer.Length)
                    buffer = Grow(buffer, bytesMax);
            }

            if (!Utf8.IsValid(buffer.AsSpan(0, count)))
                throw new JsonFormatException("", InvalidUtf8(buffer.AsSpan(0, count)));
            var body = new RequestBody(buffer, count);
            buffer = null!;
            return body;
        }
        finally
        {
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Gives the array back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is byte[] buffer)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    private static byte[] Grow(byte[] buffer, long bytesMax)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(buffer.Length * 2L, bytesMax + 1));
        buffer.CopyTo(larger.AsSpan());
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static string InvalidUtf8(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (System.Text.Rune.DecodeFromUtf8(bytes[at..], out _, out int consumed) == OperationStatus.Done)
            at += consumed;
        return $"invalid UTF-8 at byte {at}";
    }
}
