namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>
/// What makes a sum over codes: how a register of code components meets a register of the query. Lanes that are zero in
/// both must add nothing, which is what lets codes be padded.
/// </summary>
public interface ICodeStep
{
    /// <summary>Adds a register of whole bytes to a sum of 32-bit lanes.</summary>
    static abstract TVector Accumulate<TWidth, TVector>(TVector sum, TVector code, TVector query)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct;

    /// <summary>The terms of one register in 16-bit lanes, small enough that those of one block can be added there.</summary>
    static abstract TVector Pairs<TWidth, TVector>(TVector code, TVector query)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct;

    /// <summary>Turns the lanes of <see cref="Pairs"/> into 32-bit lanes.</summary>
    static abstract TVector Widen<TWidth, TVector>(TVector pairs)
        where TWidth : struct, ICodeWidth<TVector>
        where TVector : struct;
}
