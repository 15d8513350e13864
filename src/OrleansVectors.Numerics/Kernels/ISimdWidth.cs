using System.Runtime.Intrinsics;

namespace OrleansVectors.Numerics.Kernels;

/// <summary>
/// One register width, as the few operations that distances need. Stateless: the type is the choice, and the JIT
/// compiles each loop once per width. Every width works on every machine (in software where the hardware has no such
/// register), so that tests can call each.
/// </summary>
/// <typeparam name="TVector">The register, <c>Vector128/256/512</c> of float.</typeparam>
public unsafe interface ISimdWidth<TVector>
    where TVector : struct
{
    /// <summary>Floats in a register; divides <see cref="PaddedRows.FloatsPerBlock"/>.</summary>
    static abstract nuint Lanes { get; }

    static abstract TVector Zero { get; }

    /// <summary>Reads <see cref="Lanes"/> floats; no alignment is needed.</summary>
    static abstract TVector Load(float* source);

    /// <summary>Reads one float into the first lane, the others are zero.</summary>
    static abstract TVector LoadOne(float* source);

    /// <summary>Reads <see cref="Lanes"/> floats and zeroes all but the last <paramref name="kept"/>.</summary>
    static abstract TVector LoadLast(float* source, nuint kept);

    /// <summary>Reads <see cref="Lanes"/> pairs of bfloat16 and makes floats of the lower one of each.</summary>
    static abstract TVector LoadLowHalves(uint* source);

    /// <summary>Reads <see cref="Lanes"/> pairs of bfloat16 and makes floats of the higher one of each.</summary>
    static abstract TVector LoadHighHalves(uint* source);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Abs(TVector value);

    /// <summary>1 in each lane where the two are not equal, 0 in the others.</summary>
    static abstract TVector Differ(TVector left, TVector right);

    /// <summary><c>left * right + sum</c>, with one rounding where the machine has a fused instruction.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector sum);

    static abstract void Store(TVector value, float* destination);

    static abstract TVector Broadcast(float value);

    /// <summary>Adds the register's quarters or halves together; the sum of the four lanes is the sum of all.</summary>
    static abstract Vector128<float> Fold(TVector value);
}
