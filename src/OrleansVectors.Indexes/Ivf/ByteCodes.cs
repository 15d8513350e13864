namespace OrleansVectors.Indexes.Ivf;

/// <summary>Each component of a residual rounded to one of 128 levels: seven bits, so that products of pairs with signed bytes fit 16 bits.</summary>
/// <remarks>A block's codes: for every four components 128 bytes, 4 for each entry, so that sums of entries lie side by side.</remarks>
internal sealed unsafe class ByteCodes(int length) : ListCodes
{
    /// <summary>Components whose bytes lie together.</summary>
    public const int ComponentsPerGroup = 4;

    private const int Levels = 128;
    private const int GroupBytes = ComponentsPerGroup * BlockLayout.Entries;

    public override int Columns => length;

    public override int BlockBytes => Groups * GroupBytes;

    public override int ContextBytes => (Groups * ComponentsPerGroup) + 64;

    /// <summary>Groups of components.</summary>
    public int Groups { get; } = (length + ComponentsPerGroup - 1) / ComponentsPerGroup;

    public override void Choose(float* residual, byte* columns)
    {
        var perUnit = LevelScaling.Choose(residual, length, Levels);
        for (var d = 0; d < length; d++)
        {
            columns[d] = (byte)LevelScaling.Level(residual[d], perUnit, Levels);
        }
    }

    public override void Decode(byte* columns, float* vector)
    {
        for (var d = 0; d < length; d++)
        {
            vector[d] = columns[d] - ((Levels - 1) / 2f);
        }

        var padded = Numerics.Kernels.PaddedRows.PaddedLength(length);
        new Span<float>(vector + length, padded - length).Clear();
    }

    public override void Put(byte* blockCodes, int slot, byte* columns)
    {
        for (var d = 0; d < length; d++)
        {
            Place(blockCodes, d, slot) = columns[d];
        }
    }

    public override void Get(byte* blockCodes, int slot, byte* columns)
    {
        for (var d = 0; d < length; d++)
        {
            columns[d] = Place(blockCodes, d, slot);
        }
    }

    /// <summary>Rounds a query to signed bytes: q.u ~ step * (sum of products of bytes) + bias.</summary>
    /// <param name="query">The padded query.</param>
    /// <param name="context"><see cref="ListCodes.ContextBytes"/>; receives the bytes.</param>
    public (float Step, float Bias) PrepareQuery(float* query, byte* context)
    {
        var largest = 0f;
        for (var d = 0; d < length; d++)
        {
            largest = Math.Max(largest, Math.Abs(query[d]));
        }

        var step = largest / sbyte.MaxValue;
        var perStep = step > 0 ? 1 / step : 0;
        var sum = 0;
        var rounded = (sbyte*)context;
        for (var d = 0; d < length; d++)
        {
            rounded[d] = (sbyte)Math.Clamp(MathF.Round(query[d] * perStep), -sbyte.MaxValue, sbyte.MaxValue);
            sum += rounded[d];
        }

        new Span<sbyte>(rounded + length, (Groups * ComponentsPerGroup) - length).Clear();
        return (step, -step * sum * ((Levels - 1) / 2f));
    }

    private static ref byte Place(byte* blockCodes, int component, int slot) =>
        ref blockCodes[(component / ComponentsPerGroup * GroupBytes) + (slot * ComponentsPerGroup) + (component % ComponentsPerGroup)];
}
