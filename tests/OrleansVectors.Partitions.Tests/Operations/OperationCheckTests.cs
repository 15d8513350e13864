using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Partitions.Tests.Operations;

public sealed class OperationCheckTests
{
    [Fact]
    public async Task Every_truncation_of_an_operation_list_is_refused_and_nothing_of_it_is_stored()
    {
        using TempFolder folder = new();
        ReadOnlyMemory<byte> encoded = OperationEncoder.Encode([.. SampleOperations.All.Values], SampleOperations.Schema);
        await using (PartitionHost host = new(folder.Path, SampleOperations.Schema))
        {
            for (int length = 0; length < encoded.Length; length++)
            {
                await Assert.ThrowsAsync<OperationFormatException>(
                    () => host.Partition.WriteAsync(encoded[..length], waitUntilVisible: true));
            }

            Assert.Equal(0ul, host.Partition.Statistics.LastSequence);
            Assert.Equal(0, host.Partition.Count(null, CancellationToken.None));
            await host.Partition.WriteAsync(encoded, waitUntilVisible: true);
            Assert.Equal(1ul, host.Partition.Statistics.LastSequence);
        }

        await using PartitionHost reopened = new(folder.Path, SampleOperations.Schema);
        Assert.Null(reopened.Partition.Statistics.WriteFailure);
    }

    [Fact]
    public async Task Changed_bytes_are_refused_or_applied_but_never_stop_the_partition_or_its_recovery()
    {
        const int Seed = 7;
        Random random = new(Seed);
        using TempFolder folder = new();
        byte[] encoded = OperationEncoder.Encode([.. SampleOperations.All.Values], SampleOperations.Schema).ToArray();
        long live;
        await using (PartitionHost host = new(folder.Path, SampleOperations.Schema))
        {
            for (int round = 0; round < 500; round++)
            {
                byte[] changed = [.. encoded];
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
                if (!TouchesOnlyStructure(encoded, changed))
                {
                    continue;
                }

                try
                {
                    await host.Partition.WriteAsync(changed, waitUntilVisible: true);
                }
                catch (OperationFormatException)
                {
                    // Refused before it was logged.
                }

                Assert.True(host.Partition.Statistics.WriteFailure is null, $"seed {Seed}, round {round}: {host.Partition.Statistics.WriteFailure}");
            }

            live = host.Partition.Count(null, CancellationToken.None);
        }

        await using PartitionHost reopened = new(folder.Path, SampleOperations.Schema);
        Assert.Equal(live, reopened.Partition.Count(null, CancellationToken.None));
        reopened.Partition.Scroll(new ScrollRequest { Limit = 100, Projection = PointProjection.Everything }, CancellationToken.None);
    }

    // Payload bytes are vouched for by PayloadDocument when they are encoded; here everything else is changed.
    private static bool TouchesOnlyStructure(byte[] encoded, byte[] changed)
    {
        ReadOnlySpan<byte> payload = PartitionHost.Payload("""{"a":1}""").Encoded;
        ReadOnlySpan<byte> empty = PayloadDocument.Empty.Encoded;
        return CountOf(encoded, payload) == CountOf(changed, payload) && CountOf(encoded, empty) == CountOf(changed, empty);

        static int CountOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> part)
        {
            int count = 0;
            for (int at = bytes.IndexOf(part); at >= 0; at = bytes.IndexOf(part))
            {
                count++;
                bytes = bytes[(at + part.Length)..];
            }

            return count;
        }
    }
}
