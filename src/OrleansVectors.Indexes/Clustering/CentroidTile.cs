using System.Runtime.CompilerServices;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Indexes.Clustering;

/// <summary>
/// The innermost piece of a product of rows and centroids: six rows against a panel of two registers of centroids, all
/// twelve sums in registers. Each load of the panel serves six rows, so the multiply-adds are the limit, not the loads.
/// </summary>
/// <remarks>Twelve sums, two registers of the panel and one of a row fit the sixteen registers of AVX2 too.</remarks>
internal static unsafe class CentroidTile<TWidth, TVector>
    where TWidth : struct, ISimdWidth<TVector>
    where TVector : struct
{
    /// <summary>Rows that are taken at once.</summary>
    public const int Rows = 6;

    /// <summary>Centroids in a panel.</summary>
    public static int PanelWidth => 2 * (int)TWidth.Lanes;

    /// <summary>Adds six rows' inner products with a panel's centroids to the panel's offsets.</summary>
    /// <param name="rows">Six rows; one may be there several times.</param>
    /// <param name="panel">For each component the values of <see cref="PanelWidth"/> centroids.</param>
    /// <param name="offsets">What each sum starts with.</param>
    /// <param name="length">Components.</param>
    /// <param name="sums">Receives <see cref="PanelWidth"/> sums for each row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float** rows, float* panel, float* offsets, nuint length, float* sums)
    {
        // Safe: rows have length components, the panel length times its width, sums six times its width.
        var lanes = TWidth.Lanes;
        float* x0 = rows[0], x1 = rows[1], x2 = rows[2], x3 = rows[3], x4 = rows[4], x5 = rows[5];
        TVector a0 = TWidth.Load(offsets), b0 = TWidth.Load(offsets + lanes);
        TVector a1 = a0, b1 = b0, a2 = a0, b2 = b0, a3 = a0, b3 = b0, a4 = a0, b4 = b0, a5 = a0, b5 = b0;
        for (nuint d = 0; d < length; d++)
        {
            var left = TWidth.Load(panel);
            var right = TWidth.Load(panel + lanes);
            panel += 2 * lanes;
            var x = TWidth.Broadcast(x0[d]);
            a0 = TWidth.MultiplyAdd(x, left, a0);
            b0 = TWidth.MultiplyAdd(x, right, b0);
            x = TWidth.Broadcast(x1[d]);
            a1 = TWidth.MultiplyAdd(x, left, a1);
            b1 = TWidth.MultiplyAdd(x, right, b1);
            x = TWidth.Broadcast(x2[d]);
            a2 = TWidth.MultiplyAdd(x, left, a2);
            b2 = TWidth.MultiplyAdd(x, right, b2);
            x = TWidth.Broadcast(x3[d]);
            a3 = TWidth.MultiplyAdd(x, left, a3);
            b3 = TWidth.MultiplyAdd(x, right, b3);
            x = TWidth.Broadcast(x4[d]);
            a4 = TWidth.MultiplyAdd(x, left, a4);
            b4 = TWidth.MultiplyAdd(x, right, b4);
            x = TWidth.Broadcast(x5[d]);
            a5 = TWidth.MultiplyAdd(x, left, a5);
            b5 = TWidth.MultiplyAdd(x, right, b5);
        }

        Store(a0, b0, sums, lanes);
        Store(a1, b1, sums + (2 * lanes), lanes);
        Store(a2, b2, sums + (4 * lanes), lanes);
        Store(a3, b3, sums + (6 * lanes), lanes);
        Store(a4, b4, sums + (8 * lanes), lanes);
        Store(a5, b5, sums + (10 * lanes), lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector left, TVector right, float* sums, nuint lanes)
    {
        TWidth.Store(left, sums);
        TWidth.Store(right, sums + lanes);
    }
}
