namespace OrleansVectors.Numerics.Kernels;

/// <summary>The layout that the fast kernels ask of stored rows: a whole number of blocks, the rest of the last one zero.</summary>
/// <remarks>A block is a cache line and the widest register, so a padded row has no tail at any width.</remarks>
public static class PaddedRows
{
    /// <summary>Floats in a block: 16, which is 64 bytes.</summary>
    public const int FloatsPerBlock = 16;

    /// <summary>The length of a padded row of <paramref name="dim"/> floats: the next multiple of <see cref="FloatsPerBlock"/>.</summary>
    public static int PaddedLength(int dim) => checked(dim + FloatsPerBlock - 1) / FloatsPerBlock * FloatsPerBlock;
}
