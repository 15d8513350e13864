using System.Numerics;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>
/// The centroids as seven-bit codes in blocks, as lists hold vectors: ranking reads all centroids for each query, and these
/// are a quarter of their bytes.
/// </summary>
/// <param name="paddedLength">Floats in a centroid.</param>
/// <param name="isInnerProduct">Whether queries rank by minus the inner product, or by squared Euclidean distance.</param>
internal sealed unsafe class CentroidCodes(int paddedLength, bool isInnerProduct)
{
    private readonly ByteCodes codes = new(paddedLength);

    /// <summary>Where the blocks are; set before anything is encoded or ranked.</summary>
    public byte* Blocks { get; set; }

    /// <summary>Bytes of the blocks of so many centroids.</summary>
    public long Bytes(int count) => (long)BlocksOf(count) * BlockBytes;

    private int BlockBytes => new BlockLayout(codes.BlockBytes).Bytes;

    /// <summary>Encodes the centroids as residuals from their mean, which is the same distance from every query for all.</summary>
    public void Encode(float* centroids, int count)
    {
        using var mean = new AlignedBuffer<float>(paddedLength);
        using var scratch = new AlignedBuffer<float>(2 * paddedLength);
        using var columns = new AlignedBuffer<byte>(codes.Columns);
        for (var d = 0; d < paddedLength; d++)
        {
            var sum = 0.0;
            for (var list = 0; list < count; list++)
            {
                sum += centroids[((nint)list * paddedLength) + d];
            }

            mean[d] = (float)(sum / count);
        }

        for (var i = 0; i < BlocksOf(count) * BlockLayout.Entries; i++)
        {
            var block = Blocks + ((nint)(i / BlockLayout.Entries) * BlockBytes);
            var slot = i % BlockLayout.Entries;
            if (i >= count)
            {
                // What fills up the last block is never near.
                BlockLayout.Offsets(block)[slot] = float.NaN;
                continue;
            }

            (BlockLayout.Offsets(block)[slot], BlockLayout.Factors(block)[slot]) = codes.Encode(
                centroids + ((nint)i * paddedLength), mean.Start, paddedLength, isInnerProduct, scratch.Start, columns.Start);
            codes.Put(BlockLayout.Codes(block), slot, columns.Start);
        }
    }

    /// <summary>Shows a reservoir all lists, by estimates that differ from the distances by the same number for all.</summary>
    public void Rank(float* query, int count, IvfScratch scratch, ref Reservoir near)
    {
        var scorer = ByteScorer.ForQuery(codes, query, scratch.Context(codes.ContextBytes));
        var distances = scratch.Distances;
        for (var b = 0; b < BlocksOf(count); b++)
        {
            scorer.Score(Blocks + ((nint)b * BlockBytes), 0, distances);
            for (var open = BlockDistances.AtMost(distances, near.Threshold); open != 0; open &= open - 1)
            {
                var slot = BitOperations.TrailingZeroCount(open);
                near.Push(distances[slot], (uint)((b * BlockLayout.Entries) + slot));
            }
        }
    }

    private static int BlocksOf(int count) => (count + BlockLayout.Entries - 1) / BlockLayout.Entries;
}
