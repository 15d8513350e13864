using System.Buffers;
using System.Text;
using System.Text.Json;
using OrleansVectors.Cli.Points;

namespace OrleansVectors.Cli.Tests.Points;

public sealed class NumberTextTests
{
    [Fact]
    public void Every_finite_float_reads_back_bit_for_bit_from_its_text()
    {
        const int Seed = 5;
        Random random = new(Seed);
        float[] values =
        [
            0, -0f, 1, -1, 255, 9999999, 1e7f, 1.6777216e7f, float.MaxValue, float.MinValue, float.Epsilon, -1.1754944E-38f, 0.1f, 1e-5f,
            .. Enumerable.Range(0, 20000).Select(_ => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue))).Where(float.IsFinite),
        ];
        ArrayBufferWriter<byte> buffer = new();

        NumberText.WriteArray(buffer, values);

        float[] back = [.. JsonDocument.Parse(buffer.WrittenMemory).RootElement.EnumerateArray().Select(value => value.GetSingle())];
        Assert.True(values.Select(BitConverter.SingleToInt32Bits).SequenceEqual(back.Select(BitConverter.SingleToInt32Bits)), $"seed {Seed}");
    }

    [Fact]
    public void Whole_numbers_have_no_point_and_no_exponent()
    {
        ArrayBufferWriter<byte> buffer = new();
        NumberText.WriteArray(buffer, [0, 7, -128, 255, 1234567, 0.5f]);

        Assert.Equal("[0,7,-128,255,1234567,0.5]", Encoding.ASCII.GetString(buffer.WrittenSpan));
    }

    [Fact]
    public void The_first_component_that_is_not_finite_is_found()
    {
        Assert.Equal(-1, NumberText.IndexOfNonFinite([1, 2]));
        Assert.Equal(1, NumberText.IndexOfNonFinite([1, float.NaN, float.PositiveInfinity]));
    }
}
