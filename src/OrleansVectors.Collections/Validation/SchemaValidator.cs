using System.Globalization;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Collections.Validation;

/// <summary>Checks schemas before they are stored.</summary>
internal static class SchemaValidator
{
    /// <exception cref="LimitViolatedException">A number or a name is out of its bounds.</exception>
    public static void Check(CollectionSchema schema)
    {
        Bound("vectors", schema.Vectors.Count, 0, CollectionLimits.VectorNamesMax, " names");
        Bound("shard_number", schema.PartitionCount, 1, CollectionLimits.PartitionCountMax);
        Bound("payload_schema", schema.PayloadIndexes.Count, 0, CollectionLimits.PayloadIndexesMax, " indexes");
        Bound("optimizers_config.indexing_threshold", schema.IndexingThresholdKb, 0, int.MaxValue);
        Check(schema.Hnsw, "hnsw_config");
        Check(schema.Quantization, "quantization_config");
        foreach ((string name, VectorSchema vector) in schema.Vectors)
        {
            string field = name.Length == 0 ? "vectors" : $"vectors.{name}";
            Bound(field, name.Length, 0, CollectionLimits.NameCharsMax, " characters");
            Bound($"{field}.size", vector.Size, 1, CollectionLimits.VectorSizeMax);
            Check(vector.Hnsw ?? new HnswSettings(), $"{field}.hnsw_config");
            Check(vector.Quantization, $"{field}.quantization_config");
            if (vector.Quantization?.Rotation == true && !Quantizer.Supports(QuantizerKind.RotatedProduct, vector.Metric, vector.Size))
            {
                throw new LimitViolatedException(
                    $"{field}.quantization_config.product.rotation",
                    "true",
                    $"needs a size of at most {Quantizer.RotatedDimMax} and a distance other than Manhattan (size {vector.Size}, {vector.Metric})");
            }

            if (vector.Metric == DistanceMetric.Hamming && vector.Quantization is { Method: not QuantizationMethod.Disabled } needless)
            {
                throw new LimitViolatedException(
                    $"{field}.quantization_config", $"{needless.Method}".ToLowerInvariant(), "must not be given: vectors under Hamming are searched by their bits, exactly");
            }

            Bound($"{field}.ivf_config.lists", vector.Ivf?.Lists, 0, CollectionLimits.IvfListsMax);
            Bound($"{field}.ivf_config.nprobe", vector.Ivf?.NProbe, 0, CollectionLimits.NProbeMax);
        }

        long components = schema.PartitionCount * schema.Vectors.Values.Sum(
            vector => (long)vector.Size * (vector.IsMultiVector ? MultiVectorLimits.ReservedRowsPerPoint : 1));
        if (components > CollectionLimits.VectorComponentsMax)
        {
            throw new LimitViolatedException(
                "vectors", $"{components} components (all sizes together, of multi-vectors {MultiVectorLimits.ReservedRowsPerPoint} times, times shard_number)", $"must be at most {CollectionLimits.VectorComponentsMax}");
        }

        foreach (string key in schema.PayloadIndexes.Keys)
        {
            try
            {
                PayloadPath.Parse(key);
            }
            catch (PayloadPathException wrong)
            {
                throw new LimitViolatedException("field_name", key, wrong.Message);
            }
        }
    }

    /// <exception cref="InvalidInputException">Something changed that must stay as it was made.</exception>
    public static void CheckChange(CollectionSchema present, CollectionSchema wanted)
    {
        if (present.PartitionCount != wanted.PartitionCount)
        {
            throw new InvalidInputException("the number of partitions is fixed when a collection is created");
        }

        foreach ((string name, VectorSchema vector) in wanted.Vectors)
        {
            bool isSame = !present.Vectors.TryGetValue(name, out VectorSchema? was)
                || (was.Size == vector.Size && was.Metric == vector.Metric && was.Datatype == vector.Datatype && was.IsMultiVector == vector.IsMultiVector);
            if (!isSame)
            {
                throw new InvalidInputException($"vector `{name}` cannot change its size, distance, datatype or number of rows");
            }
        }
    }

    private static void Check(HnswSettings hnsw, string field)
    {
        if (hnsw.M is { } m && m is not 0 and (< CollectionLimits.HnswMMin or > CollectionLimits.HnswMMax))
        {
            throw new LimitViolatedException(
                $"{field}.m", $"{m}", $"must be 0 or from {CollectionLimits.HnswMMin} to {CollectionLimits.HnswMMax}");
        }

        Bound($"{field}.ef_construct", hnsw.EfConstruct, CollectionLimits.EfConstructMin, CollectionLimits.EfConstructMax);
        Bound($"{field}.full_scan_threshold", hnsw.FullScanThresholdKb, CollectionLimits.FullScanThresholdKbMin, int.MaxValue);
        Bound($"{field}.max_indexing_threads", hnsw.MaxIndexingThreads, 0, int.MaxValue);
    }

    private static void Check(QuantizationSettings? quantization, string field)
    {
        if (quantization?.Quantile is { } quantile && !(quantile >= CollectionLimits.QuantileMin && quantile <= 1))
        {
            throw new LimitViolatedException(
                $"{field}.scalar.quantile",
                quantile.ToString(CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"must be from {CollectionLimits.QuantileMin} to 1"));
        }

        if (quantization?.TargetRecall is { } target && !(target >= CollectionLimits.TargetRecallMin && target <= 1))
        {
            throw new LimitViolatedException(
                $"{field}.{quantization.Method.ToString().ToLowerInvariant()}.target_recall",
                target.ToString(CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"must be from {CollectionLimits.TargetRecallMin} to 1"));
        }

        if (quantization?.Compression is { } compression and not (4 or 8 or 16 or 32 or 64))
        {
            throw new LimitViolatedException($"{field}.product.compression", $"{compression}", "must be 4, 8, 16, 32 or 64");
        }
    }

    private static void Bound(string field, int? value, int from, int to, string unit = "")
    {
        if (value is { } given && (given < from || given > to))
        {
            string bound = to == int.MaxValue ? $"must be {from} or larger" : $"must be from {from} to {to}";
            throw new LimitViolatedException(field, $"{given}{unit}", bound);
        }
    }
}
