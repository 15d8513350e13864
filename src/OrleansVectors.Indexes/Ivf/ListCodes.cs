using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>
/// What the lists hold of a vector x besides its ordinal: a code u of its residual r = x - c from the list's centroid, and
/// two numbers that turn the inner product q.u of a query and the code into an estimate of the distance of q and x:
/// <c>distance(q, x) ~ distance(q, c) + offset + factor * (q.u)</c>.
/// </summary>
/// <remarks>
/// Only q.u has to be computed for each entry, and what is precomputed of q for it serves all lists. With a = r.r / r.u the
/// inner product of r and any vector y is estimated as a (y.u), without bias when u is a random rotation's code (RaBitQ:
/// Gao and Long, SIGMOD 2024, section 3.2), and exactly for y = r. Then
/// <list type="bullet">
/// <item>squared Euclidean: |q - x|^2 = |q - c|^2 + r.r - 2 (q - c).r, so the offset is r.r + 2a (c.u), the factor -2a;</item>
/// <item>minus inner product: -q.x = -q.c - (q - c).r - c.r, so the offset is a (c.u) - c.r, the factor -a.</item>
/// </list>
/// In both, what is estimated is (q - c).r, whose error is small for the lists near the query.
/// </remarks>
internal abstract unsafe class ListCodes
{
    /// <summary>Bytes of a code while it is chosen: one for each column.</summary>
    public abstract int Columns { get; }

    /// <summary>Bytes of the codes of a block.</summary>
    public abstract int BlockBytes { get; }

    /// <summary>Bytes of memory for what is precomputed of a query.</summary>
    public abstract int ContextBytes { get; }

    /// <summary>Floats that the codebook takes.</summary>
    public virtual int CodebookFloats => 0;

    /// <summary>Where the codebook is; set before anything is encoded or searched, written by <see cref="TrainCodebook"/>.</summary>
    public float* Codebook { get; set; }

    /// <summary>Makes the codebook from residuals.</summary>
    /// <param name="residuals">Rows of the padded length.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">The same seed gives the same codebook.</param>
    /// <param name="parallelism">Threads.</param>
    /// <param name="cancellation">Looked at now and then.</param>
    public virtual void TrainCodebook(float* residuals, int count, ulong seed, int parallelism, CancellationToken cancellation)
    {
    }

    /// <summary>Chooses the code of a residual.</summary>
    public abstract void Choose(float* residual, byte* columns);

    /// <summary>The vector u that a code stands for, zeros up to the padded length.</summary>
    public abstract void Decode(byte* columns, float* vector);

    /// <summary>Puts a code into its place in a block; the neighbours' stay as they are.</summary>
    public abstract void Put(byte* blockCodes, int slot, byte* columns);

    /// <summary>Takes a code out of a block.</summary>
    public abstract void Get(byte* blockCodes, int slot, byte* columns);

    /// <summary>Encodes a vector.</summary>
    /// <param name="vector">The padded vector.</param>
    /// <param name="centroid">Its list's centroid.</param>
    /// <param name="paddedLength">Floats in either.</param>
    /// <param name="isInnerProduct">Whether the distance is minus the inner product rather than squared Euclidean.</param>
    /// <param name="scratch">Twice the padded length of floats.</param>
    /// <param name="columns">Receives the code.</param>
    /// <returns>The two numbers beside it.</returns>
    public (float Offset, float Factor) Encode(float* vector, float* centroid, int paddedLength, bool isInnerProduct, float* scratch, byte* columns)
    {
        float* residual = scratch, code = scratch + paddedLength;
        for (var d = 0; d < paddedLength; d++)
        {
            residual[d] = vector[d] - centroid[d];
        }

        Choose(residual, columns);
        Decode(columns, code);
        var length = (nuint)paddedLength;
        var residualSquares = Dot(residual, residual, length);
        var alike = Dot(residual, code, length);
        var scale = alike > 0 ? residualSquares / alike : 0;
        if (!float.IsFinite(scale))
        {
            scale = 0;
        }

        var centroidCode = scale * Dot(centroid, code, length);
        return isInnerProduct
            ? (centroidCode - Dot(centroid, residual, length), -scale)
            : (residualSquares + (2 * centroidCode), -2 * scale);
    }

    private static float Dot(float* left, float* right, nuint length) =>
        -VectorDistance.Between(Numerics.DistanceMetric.Dot, new ReadOnlySpan<float>(left, (int)length), new ReadOnlySpan<float>(right, (int)length));
}
