using System.Buffers;

namespace OrleansVectors.Storage.Log;

/// <summary>Gathers small pieces into large writes; large pieces go straight to the file.</summary>
internal sealed class StagedWriter(ILogFile file, long offset, long bytesExpected) : IDisposable
{
    private const int StageBytesMax = 1 << 20;

    private byte[] _stage = ArrayPool<byte>.Shared.Rent((int)Math.Min(bytesExpected, StageBytesMax));
    private int _staged;

    /// <summary>Byte offset behind everything put so far.</summary>
    public long Offset { get; private set; } = offset;

    public void Put(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _stage.Length - _staged)
        {
            Send();
        }

        if (bytes.Length > _stage.Length)
        {
            file.Write(bytes, Offset);
        }
        else
        {
            bytes.CopyTo(_stage.AsSpan(_staged));
            _staged += bytes.Length;
        }

        Offset += bytes.Length;
    }

    /// <summary>Writes what is still gathered.</summary>
    public void Send()
    {
        if (_staged > 0)
        {
            file.Write(_stage.AsSpan(0, _staged), Offset - _staged);
            _staged = 0;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_stage);
        _stage = [];
    }
}
