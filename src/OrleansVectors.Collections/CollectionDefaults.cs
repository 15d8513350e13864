namespace OrleansVectors.Collections;

/// <summary>What a setting is when nobody sets it.</summary>
public static class CollectionDefaults
{
    /// <summary>Links per node above level 0.</summary>
    public const int M = 16;

    /// <summary>Candidates kept while inserting, and the breadth of a walk that names none.</summary>
    public const int EfConstruct = 100;

    /// <summary>Kilobytes of vectors below which a scan is preferred to the graph.</summary>
    public const int FullScanThresholdKb = 10_000;

    /// <summary>Kilobytes of vectors of one name in one partition from which a graph is built.</summary>
    public const int IndexingThresholdKb = 10_000;

    /// <summary>
    /// Components from which a graph has codes when nobody says anything. A code takes whole lines of 64 bytes: with fewer
    /// components it has a half of the vector's lines, and there is little to gain.
    /// </summary>
    public const int CodesFromSize = 33;

    /// <summary>Components from which those codes have four bits for each instead of seven.</summary>
    public const int FourBitCodesFromSize = 128;

    /// <summary>What codes that nobody asked for have to find of what the vectors would: they are not to be noticed.</summary>
    public const float UnaskedTargetRecall = 0.998f;

    /// <summary>How many times smaller than float32 product codes are.</summary>
    public const int ProductCompression = 16;
}
