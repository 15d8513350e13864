namespace OrleansVectors.Numerics.Kernels;

/// <summary>The register widths that kernels are compiled for.</summary>
public enum RegisterWidth
{
    /// <summary>128 bits: SSE, AdvSimd, and software where there is neither.</summary>
    Bits128 = 128,

    /// <summary>256 bits: AVX2.</summary>
    Bits256 = 256,

    /// <summary>512 bits: AVX-512.</summary>
    Bits512 = 512,
}
