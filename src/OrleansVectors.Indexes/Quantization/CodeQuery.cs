using System.Runtime.InteropServices;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>
/// A query made ready for codes: the head of a scorer's context, the query's own components behind it (or in a stored
/// code). A code's distance is <c>Offset + Scale * sum</c>; some kinds have terms of their own.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CodeQuery
{
    /// <summary>Bytes from the start of a context to the query's components.</summary>
    public const int HeadBytes = 64;

    /// <summary>The components, laid out as the kernel asks.</summary>
    public byte* Components;

    /// <summary>Bytes (or components) of a code that the kernel sums over.</summary>
    public nuint Length;

    public float Scale;

    public float Offset;

    /// <summary>Kinds with factors of each vector: added to <see cref="Scale"/> times the sum before they are applied.</summary>
    public float Shift;

    /// <summary>Kinds with factors of each vector: where they are in a code, in bytes.</summary>
    public uint FactorsAt;
}
