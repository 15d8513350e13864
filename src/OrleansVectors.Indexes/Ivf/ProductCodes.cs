using System.Runtime.Intrinsics;
using OrleansVectors.Indexes.Clustering;
using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>
/// A product code (Jégou, Douze and Schmid, PAMI 2011): each column covers some components and has sixteen words of its
/// own, the centroids of what residuals have there.
/// </summary>
internal sealed unsafe class ProductCodes(int length, int columns) : NibbleCodes(ColumnsInUse(length, columns), PerColumn(length, columns), length)
{
    private readonly int perColumn = PerColumn(length, columns);

    public override int CodebookFloats => Columns * perColumn * Words;

    public override void TrainCodebook(float* residuals, int count, ulong seed, int parallelism, CancellationToken cancellation)
    {
        var residualLength = PaddedRows.PaddedLength(Length);
        var padded = PaddedRows.PaddedLength(perColumn);
        using var parts = new AlignedBuffer<float>(checked(count * padded));
        using var all = new AlignedBuffer<uint>(count);
        for (var i = 0; i < count; i++)
        {
            all[i] = (uint)i;
        }

        for (var c = 0; c < Columns; c++)
        {
            var covered = Math.Min(perColumn, Length - (c * perColumn));
            for (var i = 0; i < count; i++)
            {
                new ReadOnlySpan<float>(residuals + ((nint)i * residualLength) + (c * perColumn), covered).CopyTo(parts.Span.Slice(i * padded, covered));
            }

            var rows = new SampleRows((byte*)parts.Start, (nuint)padded * sizeof(float), all.Start, count);
            using var words = KMeans.Train(rows, padded, new KMeansOptions(Words, seed + (ulong)c, Parallelism: parallelism), cancellation);
            var found = words.Length / padded;
            for (var word = 0; word < Words; word++)
            {
                for (var d = 0; d < perColumn; d++)
                {
                    // Of fewer residuals than words there are fewer words; the last one stands for the missing ones.
                    Book(c)[(d * Words) + word] = d < covered ? words[(Math.Min(word, found - 1) * padded) + d] : 0;
                }
            }
        }
    }

    public override void Choose(float* residual, byte* columns)
    {
        for (var c = 0; c < Columns; c++)
        {
            var book = Book(c);
            var first = c * perColumn;
            var covered = Math.Min(perColumn, Length - first);
            Vector256<float> low = Vector256<float>.Zero, high = low;
            for (var d = 0; d < covered; d++)
            {
                var component = Vector256.Create(residual[first + d]);
                var lowOff = component - Vector256.Load(book + (d * Words));
                var highOff = component - Vector256.Load(book + (d * Words) + 8);
                low = Vector256.MultiplyAddEstimate(lowOff, lowOff, low);
                high = Vector256.MultiplyAddEstimate(highOff, highOff, high);
            }

            columns[c] = Nearest(low, high);
        }
    }

    protected override float* Book(int column) => Codebook + (column * perColumn * Words);

    private static byte Nearest(Vector256<float> low, Vector256<float> high)
    {
        var nearest = 0;
        for (var word = 1; word < Words; word++)
        {
            if (Off(word) < Off(nearest))
            {
                nearest = word;
            }
        }

        return (byte)nearest;

        float Off(int word) => word < 8 ? low[word] : high[word - 8];
    }

    private static int PerColumn(int length, int columns) => (length + columns - 1) / columns;

    /// <summary>Rounding up what a column covers can leave the last ones nothing to cover.</summary>
    private static int ColumnsInUse(int length, int columns) => (length + PerColumn(length, columns) - 1) / PerColumn(length, columns);
}
