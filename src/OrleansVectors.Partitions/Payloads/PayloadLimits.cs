namespace OrleansVectors.Partitions.Payloads;

/// <summary>What a payload may cost. A violation is a <see cref="PayloadException"/> that names the limit.</summary>
public static class PayloadLimits
{
    /// <summary>Nesting of objects and arrays, in levels; the payload object itself is level 1.</summary>
    public const int DepthMax = 64;

    /// <summary>Encoded size of one payload, in bytes.</summary>
    public const int BytesMax = 8 * 1024 * 1024;

    /// <summary>Length of one key path, in UTF-16 code units.</summary>
    public const int PathCharsMax = 4096;
}
