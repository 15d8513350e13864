using System.Runtime.Intrinsics;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels.Codes;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>A bit for each component, whether it is 1: all there is of vectors of zeros and ones. Learns nothing.</summary>
/// <remarks>A component that is neither is taken for a 1; the border admits none.</remarks>
internal sealed unsafe class BitQuantizer(int dim) : Quantizer(
    QuantizerKind.Bits, DistanceMetric.Hamming, dim, CodeBlocks.PaddedLength((dim + 7) / 8), CodeBlocks.PaddedLength((dim + 7) / 8))
{
    internal override TResult Use<TConsumer, TResult>(TConsumer consumer) =>
        CodeKernelPicker.Pick<AffineConsumer<TConsumer, TResult>, TResult>(CodeDistance.Hamming, new(consumer));

    internal override void PrepareQuery(float* paddedQuery, byte* context)
    {
        EncodeTo(paddedQuery, context + CodeQuery.HeadBytes);
        Prepare(context, context + CodeQuery.HeadBytes);
    }

    internal override void PrepareRow(byte* code, byte* context) => Prepare(context, code);

    private protected override void EncodeTo(float* vector, byte* code)
    {
        new Span<byte>(code, CodeBytes).Clear();
        var i = 0;
        for (; i + Vector512<float>.Count <= Dim; i += Vector512<float>.Count)
        {
            var zeros = Vector512.Equals(Vector512.Load(vector + i), Vector512<float>.Zero).ExtractMostSignificantBits();
            *(ushort*)(code + (i / 8)) = (ushort)~zeros;
        }

        for (; i < Dim; i++)
        {
            code[i / 8] |= (byte)(vector[i] == 0 ? 0 : 1 << (i % 8));
        }
    }

    private protected override void DecodeTo(byte* code, float* vector)
    {
        for (var i = 0; i < Dim; i++)
        {
            vector[i] = (code[i / 8] >> (i % 8)) & 1;
        }
    }

    private protected override void SaveTo(StateWriter writer)
    {
    }

    private void Prepare(byte* context, byte* components)
    {
        var query = (CodeQuery*)context;
        query->Components = components;
        query->Length = (nuint)CodeBytes;
        query->Scale = 1;
        query->Offset = 0;
    }
}
