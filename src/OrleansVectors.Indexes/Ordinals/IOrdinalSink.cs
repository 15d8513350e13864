namespace OrleansVectors.Indexes.Ordinals;

/// <summary>Takes ordinals as they are read from posting lists. A struct type parameter, so that reading is compiled for it.</summary>
public unsafe interface IOrdinalSink
{
    /// <summary>Takes one ordinal; false ends the reading.</summary>
    bool Add(uint ordinal);

    /// <summary>Takes the ordinals whose bits are set; bit 0 of the first word is <paramref name="first"/>, a multiple of 64. False ends the reading.</summary>
    bool AddBits(uint first, ulong* words, int count);
}
