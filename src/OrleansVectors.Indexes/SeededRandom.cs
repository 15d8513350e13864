namespace OrleansVectors.Indexes;

/// <summary>Random numbers that are the same for the same seed on every machine: SplitMix64 (Steele, Lea, Flood 2014).</summary>
internal struct SeededRandom(ulong seed)
{
    private ulong state = seed;

    public ulong Next()
    {
        state += 0x9E37_79B9_7F4A_7C15;
        var bits = state;
        bits = (bits ^ (bits >> 30)) * 0xBF58_476D_1CE4_E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D0_49BB_1331_11EB;
        return bits ^ (bits >> 31);
    }

    /// <summary>A number from 0 to before <paramref name="end"/>; the bias of the high product is below 2^-32.</summary>
    public int Below(int end) => (int)(((Next() >> 32) * (ulong)end) >> 32);
}
