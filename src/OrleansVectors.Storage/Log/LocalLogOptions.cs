using System.Buffers.Binary;
using System.Security.Cryptography;

namespace OrleansVectors.Storage.Log;

/// <summary>Settings of a <see cref="LocalLog"/>.</summary>
public sealed record LocalLogOptions
{
    /// <summary>Largest operation a log takes, in bytes.</summary>
    public const int OperationBytesMax = 256 << 20;

    /// <summary>Largest group a log takes, in bytes with all headers.</summary>
    public const long GroupBytesMax = 1L << 30;

    /// <summary>Size in bytes from which a new file is begun. A single group may make a file larger.</summary>
    public long FileBytesMax { get; init; } = 64 << 20;

    /// <summary>What an append waits for.</summary>
    public Durability Durability { get; init; } = Durability.Flush;

    /// <summary>The number of the first operation of a log that does not exist yet.</summary>
    public LogSequence FirstSequence { get; init; } = new(1);

    /// <summary>
    /// An epoch known from elsewhere (the newest manifest): this opening's is greater, and greater than any in the log.
    /// </summary>
    public Epoch EpochAfter { get; init; }

    /// <summary>Where files come from.</summary>
    public ILogFiles Files { get; init; } = DiskLogFiles.Instance;

    /// <summary>Draws the secret number of each new file (see <see cref="LogFormat"/>).</summary>
    internal Func<ulong> NextSalt { get; init; } = static () =>
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    };
}
