using System.Buffers;
using System.Text;
using OrleansVectors.Cli.Points;

namespace OrleansVectors.Cli.Tests.Points;

public sealed class PointBatchTests
{
    [Fact]
    public void A_batch_is_one_upsert_with_vectors_from_both_kinds_of_source()
    {
        PointBatch batch = new("", firstRow: 0);
        batch.AddFloats("1"u8, [1, 0.5f], "{\"a\":1}"u8);
        batch.AddJson("2"u8, "[3,4]"u8, default);
        batch.AddJson("3"u8, "{\"x\":[5]}"u8, default);
        batch.AddJson("4"u8, default, default);

        Assert.Equal(
            """{"points":[{"id":1,"vector":[1,0.5],"payload":{"a":1}},{"id":2,"vector":[3,4]},{"id":3,"vector":{"x":[5]}},{"id":4,"vector":{}}]}""",
            Text(batch));
    }

    [Fact]
    public void A_name_wraps_the_vectors_that_have_none_of_their_own()
    {
        PointBatch batch = new("te\"xt", firstRow: 0);
        batch.AddFloats("1"u8, [1], default);
        batch.AddJson("2"u8, "[2]"u8, default);
        batch.AddJson("3"u8, "{\"x\":[5]}"u8, default);

        Assert.Equal(
            """{"points":[{"id":1,"vector":{"te\u0022xt":[1]}},{"id":2,"vector":{"te\u0022xt":[2]}},{"id":3,"vector":{"x":[5]}}]}""",
            Text(batch));
    }

    private static string Text(PointBatch batch)
    {
        ArrayBufferWriter<byte> buffer = new();
        batch.WriteTo(buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
