namespace OrleansVectors.Cli.VectorFiles;

/// <summary>The formats in which the field exchanges vectors.</summary>
public enum VectorFileFormat
{
    /// <summary>Per row: int32 dimension, then that many float32. Little-endian.</summary>
    Fvecs,

    /// <summary>Per row: int32 dimension, then that many unsigned bytes.</summary>
    Bvecs,

    /// <summary>Per row: int32 dimension, then that many int32; mostly used for the ids of true neighbours.</summary>
    Ivecs,

    /// <summary>One two-dimensional NumPy array of float16, float32, float64, uint8 or int8, C order.</summary>
    Npy,
}
