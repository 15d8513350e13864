using System.Globalization;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Collections.Validation;

/// <summary>Checks how a search is asked to go about it.</summary>
internal static class SearchChecks
{
    /// <exception cref="LimitViolatedException">A number is out of its bounds.</exception>
    public static void Check(SearchRequest request)
    {
        Bound("params.hnsw_ef", request.HnswEf, CollectionLimits.HnswEfMax);
        Bound("params.nprobe", request.NProbe, CollectionLimits.NProbeMax);
        if (request.Quantization?.Oversampling is { } oversampling && !(oversampling >= 1 && oversampling <= CollectionLimits.OversamplingMax))
        {
            throw new LimitViolatedException(
                "params.quantization.oversampling",
                oversampling.ToString(CultureInfo.InvariantCulture),
                $"must be from 1 to {CollectionLimits.OversamplingMax}");
        }
    }

    private static void Bound(string field, int? value, int to)
    {
        if (value is { } given && (given < 1 || given > to))
        {
            throw new LimitViolatedException(field, $"{given}", $"must be from 1 to {to}");
        }
    }
}
