using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions.Statistics;

/// <summary>What searches that ask for nothing else use.</summary>
/// <param name="Kind">The kind of index; null while the one that the schema asks for does not serve yet.</param>
/// <param name="Codes">The codes they look at first; null for none.</param>
/// <param name="Oversampling">Candidates by code for each result; 0 without codes, 1 where they are not scored again.</param>
public readonly record struct ServingIndex(VectorIndexKind? Kind, QuantizerKind? Codes = null, float Oversampling = 0)
{
    /// <summary>An index whose codes lie beside it.</summary>
    internal static ServingIndex Of(VectorIndexKind kind, FieldCodes? codes)
        => codes is null
            ? new ServingIndex(kind)
            : new ServingIndex(kind, codes.Space.Quantizer.Kind, codes.Space.Quantizer.IsExact ? 1 : codes.Oversampling.Value);
}
