using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>
/// Codes of four-bit columns: each column names one of sixteen short vectors for the components it covers, so the inner
/// product with a query is a sum of looked-up numbers (fast scan: André, Kermarrec and Le Scouarnec, VLDB 2015).
/// </summary>
/// <remarks>
/// A block's codes: for every four columns 64 bytes, 16 for each column; byte i holds entry i in its low half and entry
/// i + 16 in its high half. A register of 16, 32 or 64 bytes then holds one, two or four columns' lookups.
/// </remarks>
internal abstract unsafe class NibbleCodes : ListCodes
{
    /// <summary>Columns whose codes lie in one cache line.</summary>
    public const int ColumnsPerGroup = 4;

    /// <summary>Words of a column.</summary>
    public const int Words = 16;

    private const int GroupBytes = 64;

    private readonly int componentsPerColumn;
    private readonly int groups;

    /// <param name="columns">Columns in use.</param>
    /// <param name="componentsPerColumn">Components that a column covers.</param>
    /// <param name="length">Components of a query that there are; what the last column covers beyond does not count.</param>
    protected NibbleCodes(int columns, int componentsPerColumn, int length)
    {
        Debug.Assert((columns - 1) * componentsPerColumn < length, "every column covers something");
        this.componentsPerColumn = componentsPerColumn;
        Length = length;
        Columns = columns;
        groups = (columns + ColumnsPerGroup - 1) / ColumnsPerGroup;
    }

    public override int Columns { get; }

    public override int BlockBytes => groups * GroupBytes;

    /// <summary>The table in bytes, its numbers as floats, and the least number of each column.</summary>
    public override int ContextBytes => (groups * GroupBytes * (1 + sizeof(float))) + (groups * ColumnsPerGroup * sizeof(float));

    /// <summary>Groups of columns.</summary>
    public int Groups => groups;

    protected int Length { get; }

    /// <summary>For a column: of each component it covers the values of the sixteen words.</summary>
    protected abstract float* Book(int column);

    public override void Decode(byte* columns, float* vector)
    {
        for (var c = 0; c < Columns; c++)
        {
            var book = Book(c);
            var first = c * componentsPerColumn;
            for (var i = 0; i < componentsPerColumn && first + i < Length; i++)
            {
                vector[first + i] = book[(i * Words) + columns[c]];
            }
        }

        var padded = Numerics.Kernels.PaddedRows.PaddedLength(Length);
        new Span<float>(vector + Length, padded - Length).Clear();
    }

    public override void Put(byte* blockCodes, int slot, byte* columns)
    {
        var shift = slot < 16 ? 0 : 4;
        for (var c = 0; c < Columns; c++)
        {
            ref var held = ref Place(blockCodes, c, slot);
            held = (byte)((held & (0xF0 >> shift)) | (columns[c] << shift));
        }
    }

    public override void Get(byte* blockCodes, int slot, byte* columns)
    {
        var shift = slot < 16 ? 0 : 4;
        for (var c = 0; c < Columns; c++)
        {
            columns[c] = (byte)((Place(blockCodes, c, slot) >> shift) & 0xF);
        }
    }

    /// <summary>
    /// Precomputes what a query has to do with each word of each column, in steps of one size for all, from the column's
    /// least number on, so that it fits bytes: q.u ~ step * (sum of bytes) + bias.
    /// </summary>
    /// <param name="query">The padded query.</param>
    /// <param name="context"><see cref="ContextBytes"/> on a 64-byte boundary; the table comes first.</param>
    public (float Step, float Bias) PrepareTable(float* query, byte* context)
    {
        var numbers = (float*)(context + (groups * GroupBytes));
        var least = numbers + (groups * GroupBytes);
        var bias = 0f;
        var range = 0f;
        for (var c = 0; c < Columns; c++)
        {
            var book = Book(c);
            var first = c * componentsPerColumn;
            var covered = Math.Min(componentsPerColumn, Length - first);
            Vector256<float> low = Vector256<float>.Zero, high = low;
            for (var i = 0; i < covered; i++)
            {
                var component = Vector256.Create(query[first + i]);
                low = Vector256.MultiplyAddEstimate(component, Vector256.Load(book + (i * Words)), low);
                high = Vector256.MultiplyAddEstimate(component, Vector256.Load(book + (i * Words) + 8), high);
            }

            low.Store(numbers + (c * Words));
            high.Store(numbers + (c * Words) + 8);
            var smallest = Least(Vector256.Min(low, high));
            least[c] = smallest;
            bias += smallest;
            range = Math.Max(range, -Least(-Vector256.Max(low, high)) - smallest);
        }

        var step = range / byte.MaxValue;
        var perStep = step > 0 ? 1 / step : 0;
        for (var c = 0; c < Columns; c++)
        {
            var smallest = Vector256.Create(least[c]);
            var low = Steps(Vector256.Load(numbers + (c * Words)) - smallest, perStep);
            var high = Steps(Vector256.Load(numbers + (c * Words) + 8) - smallest, perStep);
            var words = Vector256.Narrow(low, high);
            Vector128.Narrow(words.GetLower(), words.GetUpper()).Store(context + (c * Words));
        }

        new Span<byte>(context + (Columns * Words), (groups * GroupBytes) - (Columns * Words)).Clear();
        return (step, bias);
    }

    private static Vector256<uint> Steps(Vector256<float> numbers, float perStep) =>
        Vector256.ConvertToInt32((numbers * perStep) + Vector256.Create(0.5f)).AsUInt32();

    private static float Least(Vector256<float> numbers)
    {
        var four = Vector128.Min(numbers.GetLower(), numbers.GetUpper());
        var two = Vector128.Min(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Math.Min(two[0], two[1]);
    }

    private static ref byte Place(byte* blockCodes, int column, int slot) =>
        ref blockCodes[(column / ColumnsPerGroup * GroupBytes) + (column % ColumnsPerGroup * Words) + (slot & 15)];
}
