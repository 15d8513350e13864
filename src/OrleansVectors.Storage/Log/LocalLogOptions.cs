using System.Buffers.Binary;
using System.Security.Cryptography;

namespace OrleansVectors.Storage.Log;

/// <summary>How a <see cref="LocalLog"/> is opened.</summary>
public sealed record LocalLogOptions : LogOptions
{
    /// <summary>The settings that every log has, with this log's own at their defaults.</summary>
    public LocalLogOptions(LogOptions common)
        : base(common)
    {
    }

    /// <summary>All at their defaults.</summary>
    public LocalLogOptions()
    {
    }

    /// <summary>Size in bytes from which a new file is begun. A single group may make a file larger.</summary>
    public long FileBytesMax { get; init; } = 64 << 20;

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
