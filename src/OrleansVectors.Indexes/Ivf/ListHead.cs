using System.Runtime.InteropServices;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>Where a list begins and ends. Readers look at <see cref="First"/> alone; the rest is its writers' under its lock.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ListHead
{
    /// <summary>Bytes of one.</summary>
    public const int SizeBytes = 16;

    public uint First;
    public uint Last;

    /// <summary>Entries that are there.</summary>
    public uint Live;

    /// <summary>Slots whose entry was removed and that are not swept away yet.</summary>
    public uint Dead;
}
