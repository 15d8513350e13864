using System.Runtime.Intrinsics;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>
/// Each component of a residual rounded to one of 2, 4 or 16 equidistant levels around zero, so that a column of four bits
/// covers 4, 2 or 1 components. On randomly rotated residuals these are the codes of RaBitQ (Gao and Long, SIGMOD 2024) and
/// its extension to more bits (Gao et al., SIGMOD 2025); on plain ones four-bit scalar codes.
/// </summary>
/// <remarks>The codebook is the same for every column and every data set; it is made here, not trained.</remarks>
internal sealed unsafe class LevelCodes : NibbleCodes, IDisposable
{
    private readonly int bits;
    private readonly AlignedBuffer<float> book;

    /// <param name="length">Components.</param>
    /// <param name="bits">Bits for each: 1, 2 or 4.</param>
    public LevelCodes(int length, int bits)
        : base(((length * bits) + 3) / 4, 4 / bits, length)
    {
        this.bits = bits;
        book = new AlignedBuffer<float>(4 / bits * Words);
        var levels = 1 << bits;
        for (var component = 0; component < 4 / bits; component++)
        {
            for (var word = 0; word < Words; word++)
            {
                book[(component * Words) + word] = ((word >> (component * bits)) & (levels - 1)) - ((levels - 1) / 2f);
            }
        }
    }

    public override void Choose(float* residual, byte* columns)
    {
        var levels = 1 << bits;
        var perUnit = LevelScaling.Choose(residual, Length, levels);
        var perColumn = 4 / bits;
        for (var c = 0; c < Columns; c++)
        {
            var word = 0;
            for (var i = 0; i < perColumn && (c * perColumn) + i < Length; i++)
            {
                word |= LevelScaling.Level(residual[(c * perColumn) + i], perUnit, levels) << (i * bits);
            }

            columns[c] = (byte)word;
        }
    }

    public void Dispose() => book.Dispose();

    protected override float* Book(int column) => book.Start;
}
