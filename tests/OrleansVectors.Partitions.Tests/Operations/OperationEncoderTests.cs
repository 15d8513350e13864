using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;

namespace OrleansVectors.Partitions.Tests.Operations;

/// <summary>Logs hold these bytes: a change here needs a new version and a reader for the old one.</summary>
public sealed class OperationEncoderTests
{
    private const string FilterA1 = "010101010001610102000000";

    [Theory]
    [InlineData("upsert", "01 01 01 00 00 02  00 0201000000000000 0a 01080400000001610302 02 0300 02 0000803f 000000c0 0401 02 9a99193f cdcc4c3f  01 ffeeddccbbaa9988 7766554433221100 06 010800000000 00")]
    [InlineData("upsert, conditional", "01 01 01 02 01 0c FILTER 01  00 0201000000000000 06 010800000000 00")]
    [InlineData("delete by ids", "01 01 02 00 02 00 0201000000000000 01 ffeeddccbbaa9988 7766554433221100")]
    [InlineData("delete by filter", "01 01 02 01 0c FILTER")]
    [InlineData("update vectors", "01 01 03 00 01 00 0201000000000000 01 0300 02 00000000 0000803f")]
    [InlineData("update a multi-vector", "01 01 03 00 01 00 0201000000000000 01 0500 04 9a99193f cdcc4c3f 00000000 0000803f")]
    [InlineData("update a float16 vector", "01 01 03 00 01 00 0201000000000000 01 0600 01 00c0cc3d")]
    [InlineData("delete vectors", "01 01 04 00 01 00 0201000000000000 02 0300 0401")]
    [InlineData("set payload", "01 01 05 00 01 00 0201000000000000 0a 01080400000001610302 00")]
    [InlineData("set payload at a key", "01 01 05 00 01 00 0201000000000000 0a 01080400000001610302 01 03 622e63")]
    [InlineData("overwrite payload", "01 01 06 00 01 00 0201000000000000 0a 01080400000001610302")]
    [InlineData("delete payload keys", "01 01 07 00 01 00 0201000000000000 02 01 61 05 625b5d2e63")]
    [InlineData("clear payload", "01 01 08 00 01 00 0201000000000000")]
    public void Each_kind_of_operation_has_the_bytes_that_logs_hold(string name, string golden)
    {
        ReadOnlyMemory<byte> encoded = OperationEncoder.Encode([SampleOperations.All[name]], SampleOperations.Schema);
        string expected = golden.Replace("FILTER", FilterA1, StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        Assert.Equal(expected, Convert.ToHexStringLower(encoded.Span));
    }

    [Fact]
    public void A_filter_in_an_operation_has_the_bytes_of_the_filter_codec()
        => Assert.Equal(FilterA1, Convert.ToHexStringLower(FilterCodec.Encode(PartitionHost.Is("a", 1))));

    [Fact]
    public void An_unknown_vector_name_is_refused()
        => Assert.Throws<ArgumentException>(() => OperationEncoder.Encode(
            [new DeleteVectors(PartitionHost.Ids(1), ["none"])], SampleOperations.Schema));
}
