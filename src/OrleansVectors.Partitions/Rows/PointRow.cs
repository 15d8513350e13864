using System.Runtime.InteropServices;

namespace OrleansVectors.Partitions.Rows;

/// <summary>
/// One version of a point, 48 bytes, stored as it lies in memory (little-endian) and by ordinal.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 48)]
internal struct PointRow
{
    /// <summary>Value of <see cref="Deleted"/> while the version is the current one.</summary>
    public const ulong Live = ulong.MaxValue;

    /// <summary>Value of <see cref="Previous"/> for a first version.</summary>
    public const uint NoPrevious = uint.MaxValue;

    /// <summary>Value of <see cref="Created"/> while the ordinal is free.</summary>
    public const ulong NotCreated = ulong.MaxValue;

    /// <summary>Bit of <see cref="Flags"/>: the id is a UUID.</summary>
    public const uint UuidFlag = 1;

    /// <summary>Bit of <see cref="Flags"/>: the version is dead, and nothing leads to it from its id.</summary>
    public const uint UnlinkedFlag = 2;

    /// <summary>
    /// Bit of <see cref="Flags"/>: the version was moved here from another ordinal. <see cref="Created"/> is when it was
    /// moved; when it was written is the sequence of its payload record, which it then always has.
    /// </summary>
    public const uint MovedFlag = 4;

    /// <summary>The id's low and high 64 bits.</summary>
    [FieldOffset(0)]
    public ulong IdLow;

    /// <summary>See <see cref="IdLow"/>.</summary>
    [FieldOffset(8)]
    public ulong IdHigh;

    /// <summary>Sequence of the operation that wrote it.</summary>
    [FieldOffset(16)]
    public ulong Created;

    /// <summary>Sequence of the operation that replaced or deleted it.</summary>
    [FieldOffset(24)]
    public ulong Deleted;

    /// <summary>Newest payload record in the heap; 0 for none.</summary>
    [FieldOffset(32)]
    public long Payload;

    /// <summary>Ordinal of the version before.</summary>
    [FieldOffset(40)]
    public uint Previous;

    /// <summary>See <see cref="UuidFlag"/>.</summary>
    [FieldOffset(44)]
    public uint Flags;
}
