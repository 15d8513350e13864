using OrleansVectors.Indexes.Clustering;
using OrleansVectors.Indexes.Rotations;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>The lists of many rows at once, by several threads.</summary>
internal static unsafe class ListAssignment
{
    /// <summary>Rows that one thread takes at a time.</summary>
    private const int RangeRows = 480;

    /// <summary>The list of each row.</summary>
    public static AlignedBuffer<int> Of(
        SampleRows rows, IvfModel model, Rotation? rotation, int parallelism, CancellationToken cancellation)
    {
        var nearest = new AlignedBuffer<int>(rows.Count);
        try
        {
            if (!model.AssignsByEuclid)
            {
                ParallelRanges.Run(rows.Count, RangeRows, parallelism, (from, to) =>
                {
                    using var distances = new AlignedBuffer<float>(model.Lists);
                    for (var i = from; i < to; i++)
                    {
                        nearest[i] = (int)model.Assign(rows[i], distances.Start);
                    }
                }, cancellation);
                return nearest;
            }

            using var table = model.AssignMany();
            if (rotation is null)
            {
                table.Find(rows, nearest.Start, parallelism, cancellation);
                return nearest;
            }

            ParallelRanges.Run(rows.Count, RangeRows, parallelism, (from, to) =>
            {
                using var rotated = new AlignedBuffer<float>((to - from) * model.PaddedLength);
                using var numbers = new AlignedBuffer<uint>(to - from);
                for (var i = from; i < to; i++)
                {
                    rotation.Rotate(rows[i], rotated.Start + ((nint)(i - from) * model.PaddedLength));
                    numbers[i - from] = (uint)(i - from);
                }

                var range = new SampleRows((byte*)rotated.Start, (nuint)model.PaddedLength * sizeof(float), numbers.Start, to - from);
                table.Find(range, nearest.Start + from, 1, cancellation);
            }, cancellation);
            return nearest;
        }
        catch
        {
            nearest.Dispose();
            throw;
        }
    }
}
