using OrleansVectors.Collections.Schemas;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Collections.Control;

/// <summary>What a partition must know of a vector name: the settings of the name, of the collection and the defaults, brought together.</summary>
internal static class VectorFieldPlan
{
    /// <summary>Bits that a group of components takes in a code of <see cref="QuantizerKind.Product"/>.</summary>
    private const int BitsPerSubvector = 4;

    public static VectorFieldSchema Of(CollectionSchema schema, string name, VectorSchema vector, ushort number)
    {
        HnswSettings own = vector.Hnsw ?? new HnswSettings();
        int m = own.M ?? schema.Hnsw.M ?? CollectionDefaults.M;
        long fullScanKb = own.FullScanThresholdKb ?? schema.Hnsw.FullScanThresholdKb ?? CollectionDefaults.FullScanThresholdKb;
        VectorIndexKind kind = Kind(vector, m);
        return new VectorFieldSchema
        {
            Number = number,
            Name = name,
            Dim = vector.Size,
            Metric = vector.Metric,
            M = kind == VectorIndexKind.Hnsw ? m : 0,
            EfConstruction = own.EfConstruct ?? schema.Hnsw.EfConstruct ?? CollectionDefaults.EfConstruct,
            GraphFromBytes = Math.Max(fullScanKb, schema.IndexingThresholdKb) * 1024,
            IndexKind = kind,
            Ivf = new IvfSchema(vector.Ivf?.Lists ?? 0, vector.Ivf?.NProbe ?? 0),
            Quantization = vector.IsMultiVector ? null : Codes(vector.Quantization ?? schema.Quantization, vector, kind),
            OnDisk = vector.Memory is { } memory ? memory != MemoryPlacement.Pinned : vector.OnDisk ?? false,
            Datatype = vector.Datatype ?? VectorDatatype.Float32,
            IsMultiVector = vector.IsMultiVector,
        };
    }

    /// <summary>Rows of multi-vectors are scanned; no links per node means no graph.</summary>
    private static VectorIndexKind Kind(VectorSchema vector, int m)
    {
        VectorIndexKind kind = vector.Index ?? VectorIndexKind.Hnsw;
        return vector.IsMultiVector || (kind == VectorIndexKind.Hnsw && m == 0) ? VectorIndexKind.Flat : kind;
    }

    private static QuantizationSchema? Codes(QuantizationSettings? settings, VectorSchema vector, VectorIndexKind index)
        => settings switch
        {
            // Lists are of vectors; everything else looks at bits, which are all there is of zeros and ones.
            _ when vector.Metric == DistanceMetric.Hamming => index == VectorIndexKind.Ivf ? null : new QuantizationSchema(QuantizerKind.Bits),
            null => index == VectorIndexKind.Hnsw ? DefaultCodes(vector) : null,
            { Method: QuantizationMethod.Disabled } => null,
            _ => WantedCodes(settings, vector),
        };

    /// <summary>What a graph is built and walked on when nobody says anything: a quarter, or an eighth, of the bytes of the vectors.</summary>
    private static QuantizationSchema? DefaultCodes(VectorSchema vector)
    {
        QuantizerKind kind = vector.Size < CollectionDefaults.FourBitCodesFromSize ? QuantizerKind.Int8 : QuantizerKind.Int4;
        return vector.Size >= CollectionDefaults.CodesFromSize && Quantizer.Supports(kind, vector.Metric, vector.Size)
            ? new QuantizationSchema(kind) { IsDefault = true, TargetRecall = CollectionDefaults.UnaskedTargetRecall }
            : null;
    }

    private static QuantizationSchema WantedCodes(QuantizationSettings settings, VectorSchema vector)
    {
        QuantizerKind kind = settings.Method switch
        {
            QuantizationMethod.Scalar => settings.Type switch
            {
                ScalarType.Int4 => QuantizerKind.Int4,
                ScalarType.BFloat16 => QuantizerKind.BFloat16,
                _ => QuantizerKind.Int8,
            },
            QuantizationMethod.Product => settings.Rotation == true && CanRotate(vector) ? QuantizerKind.RotatedProduct : QuantizerKind.Product,
            QuantizationMethod.Binary => settings.Encoding is null or BinaryEncoding.OneBit ? QuantizerKind.RaBitQ1 : QuantizerKind.RaBitQ2,
            _ => settings.Bits switch
            {
                TurboBits.One => QuantizerKind.RaBitQ1,
                TurboBits.OneAndHalf or TurboBits.Two => QuantizerKind.RaBitQ2,
                _ => QuantizerKind.RaBitQ4,
            },
        };

        // Rotated codes estimate products and lengths; a sum of absolute differences does not survive a rotation.
        bool isRotated = kind is QuantizerKind.RaBitQ1 or QuantizerKind.RaBitQ2 or QuantizerKind.RaBitQ4;
        kind = isRotated && vector.Metric == DistanceMetric.Manhattan ? QuantizerKind.Int4 : kind;
        return new QuantizationSchema(
            kind,
            kind is QuantizerKind.Product or QuantizerKind.RotatedProduct ? Subvectors(vector.Size, settings.Compression) : 0,
            settings.Quantile,
            settings.AlwaysRam ?? false)
        {
            TargetRecall = settings.TargetRecall ?? QuantizationSchema.TargetRecallDefault,
        };
    }

    private static bool CanRotate(VectorSchema vector)
        => Quantizer.Supports(QuantizerKind.RotatedProduct, vector.Metric, vector.Size);

    private static int Subvectors(int size, int? compression)
    {
        int bits = sizeof(float) * 8 * size / (compression ?? CollectionDefaults.ProductCompression);
        return Math.Clamp(bits / BitsPerSubvector, 1, size);
    }
}
