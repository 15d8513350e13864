using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Vectors;
using Xunit;

namespace OrleansVectors.Partitions.Tests.Vectors;

public sealed class CodeChoiceTests
{
    private const int Dim = 40;

    private static readonly VectorFieldSchema Field = PartitionHost.Field(0, "", dim: Dim, m: 8, graphFromBytes: 1 << 16) with
    {
        Quantization = new QuantizationSchema(QuantizerKind.Int4) { IsDefault = true },
    };

    [Fact]
    public void A_choice_that_is_interrupted_goes_on_to_the_same_end()
    {
        using VectorRows rows = new("test", Dim, 2000);
        Random random = new(5);
        for (uint i = 0; i < 2000; i++)
        {
            rows.Write(i, [.. Enumerable.Range(0, Dim).Select(_ => random.NextSingle())]);
        }

        uint[] sample = [.. Enumerable.Range(0, 2000).Select(i => (uint)i)];
        using CodeChoice undisturbed = new(Field, rows, sample, 2000, new HashSet<QuantizerKind>());
        (Quantizer Quantizer, double Oversampling)? expected = undisturbed.Decide(CancellationToken.None);
        Assert.NotNull(expected);

        using CodeChoice interrupted = new(Field, rows, sample, 2000, new HashSet<QuantizerKind>());
        Assert.ThrowsAny<OperationCanceledException>(() => interrupted.Decide(new CancellationToken(true)));
        int interruptions = 0;
        (Quantizer Quantizer, double Oversampling)? chosen = null;
        while (chosen is null)
        {
            using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(1 + interruptions));
            try
            {
                chosen = interrupted.Decide(soon.Token);
            }
            catch (OperationCanceledException)
            {
                interruptions++;
                rows.Write((uint)interruptions, new float[Dim]); // what is written meanwhile changes nothing
            }
        }

        Assert.Equal(expected.Value.Quantizer.Save(), chosen.Value.Quantizer.Save());
        Assert.Equal(expected.Value.Oversampling, chosen.Value.Oversampling);
        Assert.Equal(chosen, interrupted.Decide(CancellationToken.None));
    }

    [Fact]
    public void Too_few_vectors_and_refused_kinds_leave_none()
    {
        using VectorRows rows = new("test", Dim, 300);
        uint[] sample = [.. Enumerable.Range(0, 300).Select(i => (uint)i)];
        foreach (uint row in sample)
        {
            rows.Write(row, [.. Enumerable.Range(0, Dim).Select(i => (float)((row * i) % 17))]);
        }

        using CodeChoice few = new(Field, rows, sample.AsSpan(0, 200), 200, new HashSet<QuantizerKind>());
        Assert.Null(few.Decide(CancellationToken.None));
        using CodeChoice refused = new(Field, rows, sample, 300, new HashSet<QuantizerKind>([QuantizerKind.Int4, QuantizerKind.Int8]));
        Assert.Null(refused.Decide(CancellationToken.None));
    }
}
