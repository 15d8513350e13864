using OrleansVectors.Indexes.Quantization;

namespace OrleansVectors.Partitions.Schemas;

/// <summary>How the vectors of one name are shortened to codes that searches look at first.</summary>
/// <param name="Kind">The form of the codes.</param>
/// <param name="Subvectors">Groups of components of <see cref="QuantizerKind.Product"/>; 0 chooses, and for other kinds.</param>
/// <param name="Quantile">Share of the components that <see cref="QuantizerKind.Int8"/> resolves, the outliers saturate; from 0.5 to 1, null chooses.</param>
/// <param name="AlwaysRam">Whether codes stay in RAM even if the vectors do not.</param>
public sealed record QuantizationSchema(QuantizerKind Kind, int Subvectors = 0, float? Quantile = null, bool AlwaysRam = false);
