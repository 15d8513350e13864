using System.Runtime.Intrinsics;

namespace OrleansVectors.Indexes.Rotations;

/// <summary>
/// Principal axes of a symmetric matrix by one-sided Jacobi rotations (Hestenes, "Inversion of matrices by
/// biorthogonalization", 1958): pairs of rows are turned in their plane until all are orthogonal. A row is then its
/// axis times its eigenvalue.
/// </summary>
/// <remarks>In float32 with float64 nowhere needed: axes of eigenvalues too small to be told apart are any axes of their plane.</remarks>
internal static unsafe class PlaneRotations
{
    private const int SweepsMax = 12;

    /// <summary>Rows whose cosine is smaller count as orthogonal.</summary>
    private const float CosineMax = 1e-5f;

    /// <summary>Makes the rows of a symmetric matrix orthogonal to each other.</summary>
    /// <param name="matrix">The matrix, row by row; replaced.</param>
    /// <param name="count">Rows.</param>
    /// <param name="length">Floats of a row, a multiple of 16, at least <paramref name="count"/>; those beyond are zero.</param>
    /// <param name="cancellation">Looked at for each row of a sweep.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; the matrix is somewhere in between.</exception>
    public static void Orthogonalize(float* matrix, int count, int length, CancellationToken cancellation)
    {
        for (var sweep = 0; sweep < SweepsMax; sweep++)
        {
            var turned = 0;
            for (var i = 0; i < count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                for (var j = i + 1; j < count; j++)
                {
                    turned += Turn(matrix + ((nint)i * length), matrix + ((nint)j * length), length) ? 1 : 0;
                }
            }

            if (turned == 0)
            {
                return;
            }
        }
    }

    /// <summary><c>target += factor * row</c>; the length is a multiple of 16.</summary>
    public static void AddScaled(float* row, float factor, float* target, int length)
    {
        var times = Vector512.Create(factor);
        for (var i = 0; i < length; i += Vector512<float>.Count)
        {
            Vector512.MultiplyAddEstimate(Vector512.Load(row + i), times, Vector512.Load(target + i)).Store(target + i);
        }
    }

    /// <summary><c>target += rows[0][column] * rows[0]</c>, and the same for the three rows after it.</summary>
    /// <param name="rows">Four rows, one after the other.</param>
    /// <param name="column">Which component of each row is its factor.</param>
    /// <param name="target">What is added to.</param>
    /// <param name="length">Floats of a row, a multiple of 16.</param>
    public static void AddOuter(float* rows, int column, float* target, int length)
    {
        float* row1 = rows + length, row2 = row1 + length, row3 = row2 + length;
        Vector512<float> times0 = Vector512.Create(rows[column]), times1 = Vector512.Create(row1[column]);
        Vector512<float> times2 = Vector512.Create(row2[column]), times3 = Vector512.Create(row3[column]);
        for (var i = 0; i < length; i += Vector512<float>.Count)
        {
            var sum = Vector512.MultiplyAddEstimate(Vector512.Load(rows + i), times0, Vector512.Load(target + i));
            sum = Vector512.MultiplyAddEstimate(Vector512.Load(row1 + i), times1, sum);
            sum = Vector512.MultiplyAddEstimate(Vector512.Load(row2 + i), times2, sum);
            Vector512.MultiplyAddEstimate(Vector512.Load(row3 + i), times3, sum).Store(target + i);
        }
    }

    /// <summary>The inner product of two rows; the length is a multiple of 16.</summary>
    public static double Product(float* left, float* right, int length)
    {
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < length; i += Vector512<float>.Count)
        {
            sum = Vector512.MultiplyAddEstimate(Vector512.Load(left + i), Vector512.Load(right + i), sum);
        }

        return Vector512.Sum(sum);
    }

    private static bool Turn(float* a, float* b, int length)
    {
        Vector512<float> aa = Vector512<float>.Zero, bb = aa, ab = aa;
        for (var i = 0; i < length; i += Vector512<float>.Count)
        {
            var x = Vector512.Load(a + i);
            var y = Vector512.Load(b + i);
            aa = Vector512.MultiplyAddEstimate(x, x, aa);
            bb = Vector512.MultiplyAddEstimate(y, y, bb);
            ab = Vector512.MultiplyAddEstimate(x, y, ab);
        }

        double alpha = Vector512.Sum(aa), beta = Vector512.Sum(bb), gamma = Vector512.Sum(ab);
        if (!(Math.Abs(gamma) > CosineMax * Math.Sqrt(alpha * beta)))
        {
            return false;
        }

        var zeta = (beta - alpha) / (2 * gamma);
        var tangent = (zeta < 0 ? -1 : 1) / (Math.Abs(zeta) + Math.Sqrt(1 + (zeta * zeta)));
        var cosine = 1 / Math.Sqrt(1 + (tangent * tangent));
        var c = Vector512.Create((float)cosine);
        var s = Vector512.Create((float)(cosine * tangent));
        for (var i = 0; i < length; i += Vector512<float>.Count)
        {
            var x = Vector512.Load(a + i);
            var y = Vector512.Load(b + i);
            ((x * c) - (y * s)).Store(a + i);
            ((x * s) + (y * c)).Store(b + i);
        }

        return true;
    }
}
