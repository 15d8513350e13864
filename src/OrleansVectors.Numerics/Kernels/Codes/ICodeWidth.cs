using System.Runtime.Intrinsics;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>
/// One register width, as the few operations that sums over codes need: bytes multiplied to 16-bit pairs, pairs to 32-bit
/// sums. Every width works on every machine, in halves or in portable vectors where the hardware has no such register.
/// </summary>
/// <typeparam name="TVector">The register, <c>Vector128/256/512</c> of byte.</typeparam>
public unsafe interface ICodeWidth<TVector>
    where TVector : struct
{
    /// <summary>Bytes in a register; divides <see cref="CodeBlocks.Bytes"/>.</summary>
    static abstract nuint Bytes { get; }

    static abstract TVector Zero { get; }

    /// <summary>Reads <see cref="Bytes"/> bytes; no alignment is needed.</summary>
    static abstract TVector Load(byte* source);

    static abstract TVector Broadcast(byte value);

    static abstract TVector Mask(TVector left, TVector right);

    static abstract TVector Differ(TVector left, TVector right);

    /// <summary>The difference of bytes as signed bytes; exact when both are at most 127.</summary>
    static abstract TVector Subtract(TVector left, TVector right);

    /// <summary>The size of signed bytes.</summary>
    static abstract TVector Abs(TVector value);

    /// <summary>Shifts 16-bit lanes right by a constant; the caller masks what came from the neighbouring byte.</summary>
    static abstract TVector ShiftRight(TVector value, int bits);

    /// <summary>Shifts 16-bit lanes left by a constant; the caller masks what came from the neighbouring byte.</summary>
    static abstract TVector ShiftLeft(TVector value, int bits);

    /// <summary>Products of unsigned and signed bytes, neighbours added to 16-bit lanes; the sums must fit those.</summary>
    static abstract TVector MultiplyPairs(TVector components, TVector signs);

    /// <summary>Adds neighbouring 16-bit lanes to 32-bit lanes.</summary>
    static abstract TVector WidenPairs(TVector pairs);

    static abstract TVector AddShorts(TVector left, TVector right);

    static abstract TVector AddInts(TVector left, TVector right);

    /// <summary>Adds the products of unsigned and signed bytes, by fours, to 32-bit lanes.</summary>
    static abstract TVector MultiplyAdd(TVector sum, TVector components, TVector signs);

    /// <summary>The sizes of the differences of unsigned bytes, added up in lanes that are whole 32-bit numbers.</summary>
    static abstract TVector AbsoluteDifferences(TVector left, TVector right);

    /// <summary>The number of ones in each byte.</summary>
    static abstract TVector PopCount(TVector value);

    /// <summary>Adds the register's quarters or halves together; the sum of the four lanes is the sum of all.</summary>
    static abstract Vector128<int> Fold(TVector value);
}
