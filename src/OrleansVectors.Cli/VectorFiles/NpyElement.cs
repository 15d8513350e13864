namespace OrleansVectors.Cli.VectorFiles;

/// <summary>The element types of .npy files that can be read as vectors.</summary>
internal enum NpyElement
{
    Float16,
    Float32,
    Float64,
    UInt8,
    Int8,
}
