namespace OrleansVectors.Indexes.Quantization;

/// <summary>Numbers that look random, the same for the same seed on every machine (SplitMix64; Steele, Lea, Flood 2014).</summary>
internal struct SplitMix(ulong seed)
{
    private ulong state = seed;

    public ulong Next()
    {
        state += 0x9E37_79B9_7F4A_7C15;
        var hash = (state ^ (state >> 30)) * 0xBF58_476D_1CE4_E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D0_49BB_1331_11EB;
        return hash ^ (hash >> 31);
    }

    /// <summary>A number below <paramref name="end"/>.</summary>
    public uint Below(uint end) => (uint)(((UInt128)Next() * end) >> 64);
}
