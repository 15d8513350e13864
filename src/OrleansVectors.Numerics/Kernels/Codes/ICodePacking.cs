namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>How many components share a byte, and how a register of bytes is taken apart.</summary>
public interface ICodePacking
{
    /// <summary>Components in a byte: 1, 2, 4 or 8.</summary>
    static abstract int Parts { get; }

    /// <summary>Component <paramref name="part"/> (a constant) of every byte.</summary>
    static abstract TVector Part<TWidth, TVector>(TVector bytes, int part)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct;
}
