using System.Buffers.Binary;
using System.Security.Cryptography;

namespace OrleansVectors.Storage.Log;

/// <summary>Settings of a <see cref="LocalLog"/>.</summary>
public sealed record LocalLogOptions
{
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

    /// <summary>What stamps operations; the same for all logs of a database.</summary>
    public LogClock Clock { get; init; } = new(TimeProvider.System);

    /// <summary>What trimming leaves in place though recovery does not want it.</summary>
    public LogRetention Retention { get; init; } = LogRetention.None;

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
