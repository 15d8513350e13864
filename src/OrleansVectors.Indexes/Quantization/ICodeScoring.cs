namespace OrleansVectors.Indexes.Quantization;

/// <summary>The distances of one kind of code: a kernel and how its sums become distances. Stateless, a type parameter.</summary>
internal unsafe interface ICodeScoring
{
    static abstract float Score(CodeQuery* query, byte* code);

    /// <summary>Scattered codes, prefetched ahead: code i starts at <c>codes + ordinals[i] * strideBytes</c>.</summary>
    static abstract void Gather(CodeQuery* query, byte* codes, nuint strideBytes, uint* ordinals, int count, float* distances);

    /// <summary>Consecutive codes, the first at <paramref name="codes"/>.</summary>
    static abstract void Scan(CodeQuery* query, byte* codes, nuint strideBytes, int count, float* distances);
}
